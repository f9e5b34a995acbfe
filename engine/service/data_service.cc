#include "engine/service/data_service.h"

#include "engine/service/data_handlers.h"
#include "engine/service/gate.h"
#include "solotrial/v1/data_service.grpc.pb.h"

namespace solotrial::service {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class DataServiceImpl final : public v1::DataService::CallbackService {
 public:
  DataServiceImpl(Gate& gate, store::TrialStore& store, const Clock& clock,
                  const std::string& backups)
      : gate_(gate), handlers_(store, clock, backups) {}

  ServerUnaryReactor* ExportArchive(CallbackServerContext* context,
                                    const v1::ExportArchiveRequest* request,
                                    v1::ExportArchiveResponse* response) override {
    return gate_.Work<v1::ExportArchiveRequest, v1::ExportArchiveResponse>(
        context, "solotrial.v1.DataService.ExportArchive", request, response,
        [this](const access::Caller& caller, const v1::ExportArchiveRequest& in,
               v1::ExportArchiveResponse* out) {
          return handlers_.ExportArchive(caller, in, out);
        });
  }
  ServerUnaryReactor* ImportArchive(CallbackServerContext* context,
                                    const v1::ImportArchiveRequest* request,
                                    v1::ImportArchiveResponse* response) override {
    return gate_.Work<v1::ImportArchiveRequest, v1::ImportArchiveResponse>(
        context, "solotrial.v1.DataService.ImportArchive", request, response,
        [this](const access::Caller& caller, const v1::ImportArchiveRequest& in,
               v1::ImportArchiveResponse* out) {
          return handlers_.ImportArchive(caller, in, out);
        });
  }
  ServerUnaryReactor* DeleteEverything(CallbackServerContext* context,
                                       const v1::DeleteEverythingRequest* request,
                                       google::protobuf::Empty* response) override {
    return gate_.WorkOnAccess<v1::DeleteEverythingRequest, google::protobuf::Empty>(
        context, "solotrial.v1.DataService.DeleteEverything", request, response,
        [this](const access::Caller& caller, const v1::DeleteEverythingRequest& in,
               google::protobuf::Empty*) { return handlers_.DeleteEverything(caller, in); });
  }
  ServerUnaryReactor* Unlock(CallbackServerContext* context, const v1::UnlockRequest* request,
                             google::protobuf::Empty* response) override {
    return gate_.Work<v1::UnlockRequest, google::protobuf::Empty>(
        context, "solotrial.v1.DataService.Unlock", request, response,
        [this](const access::Caller& caller, const v1::UnlockRequest& in,
               google::protobuf::Empty*) { return handlers_.Unlock(caller, in); });
  }

 private:
  Gate& gate_;
  const DataHandlers handlers_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeDataService(Gate& gate, store::TrialStore& store,
                                               const Clock& clock, const std::string& backups) {
  return std::make_unique<DataServiceImpl>(gate, store, clock, backups);
}

}  // namespace solotrial::service
