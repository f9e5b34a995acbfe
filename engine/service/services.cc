#include "engine/service/services.h"

#include <google/protobuf/descriptor.h>

#include "solotrial/v1/access_service.pb.h"
#include "solotrial/v1/analysis_service.pb.h"
#include "solotrial/v1/catalog_service.pb.h"
#include "solotrial/v1/data_service.pb.h"
#include "solotrial/v1/diary_service.pb.h"
#include "solotrial/v1/plan_service.pb.h"
#include "solotrial/v1/report_service.pb.h"
#include "solotrial/v1/server_service.pb.h"
#include "solotrial/v1/trial_service.pb.h"

namespace solotrial::service {

std::vector<const google::protobuf::ServiceDescriptor*> ApiServices() {
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  for (const google::protobuf::FileDescriptor* file :
       {v1::CreateTrialRequest::descriptor()->file(),
        v1::RecordEntriesRequest::descriptor()->file(), v1::AnalyzeRequest::descriptor()->file(),
        v1::GetAccessRequest::descriptor()->file(), v1::ExportArchiveRequest::descriptor()->file(),
        v1::ListCatalogRequest::descriptor()->file(), v1::PlanTrialRequest::descriptor()->file(),
        v1::GetSummaryRequest::descriptor()->file(),
        v1::GetServerInfoRequest::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) services.push_back(file->service(s));
  }
  return services;
}

}  // namespace solotrial::service
