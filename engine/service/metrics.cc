#include "engine/service/metrics.h"

#include <grpcpp/support/server_interceptor.h>
#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <chrono>
#include <exception>
#include <utility>
#include <vector>

namespace solotrial::service {
namespace {

using grpc::experimental::InterceptionHookPoints;
using prometheus::MetricFamily;
using prometheus::MetricType;

// In seconds.
const prometheus::Histogram::BucketBoundaries kBuckets = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                          0.1,   0.25,   0.5,   1,    5,     30};

const char* CodeName(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::OK:
      return "OK";
    case grpc::StatusCode::CANCELLED:
      return "CANCELLED";
    case grpc::StatusCode::INVALID_ARGUMENT:
      return "INVALID_ARGUMENT";
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return "DEADLINE_EXCEEDED";
    case grpc::StatusCode::NOT_FOUND:
      return "NOT_FOUND";
    case grpc::StatusCode::ALREADY_EXISTS:
      return "ALREADY_EXISTS";
    case grpc::StatusCode::PERMISSION_DENIED:
      return "PERMISSION_DENIED";
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return "RESOURCE_EXHAUSTED";
    case grpc::StatusCode::FAILED_PRECONDITION:
      return "FAILED_PRECONDITION";
    case grpc::StatusCode::ABORTED:
      return "ABORTED";
    case grpc::StatusCode::UNAVAILABLE:
      return "UNAVAILABLE";
    case grpc::StatusCode::UNAUTHENTICATED:
      return "UNAUTHENTICATED";
    case grpc::StatusCode::INTERNAL:
      return "INTERNAL";
    default:
      return "OTHER";
  }
}

// `TrialService.GetToday` of `/solotrial.v1.TrialService/GetToday`.
std::string ShortName(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos || slash == 0) return "other";
  const size_t dot = path.rfind('.', slash);
  const size_t begin = dot == std::string::npos ? 1 : dot + 1;
  return path.substr(begin, slash - begin) + "." + path.substr(slash + 1);
}

MetricFamily One(const std::string& name, const std::string& help, MetricType type, double value) {
  prometheus::ClientMetric metric;
  metric.gauge.value = metric.counter.value = value;
  return {name, help, type, {std::move(metric)}};
}

// What the store and the workers know themselves, read when it is asked for.
class Levels final : public prometheus::Collectable {
 public:
  Levels(store::TrialStore& store, Metrics::WorkQueue work_queue)
      : store_(store), work_queue_(std::move(work_queue)) {}

  std::vector<MetricFamily> Collect() const override {
    const store::StoreNumbers numbers = store_.Numbers();
    return {
        One("solotrial_work_queue", "Calls that wait for a worker", MetricType::Gauge,
            static_cast<double>(work_queue_())),
        One("solotrial_write_queue", "Writes that wait for the disk", MetricType::Gauge,
            static_cast<double>(numbers.queued)),
        One("solotrial_writes_total", "Writes", MetricType::Counter,
            static_cast<double>(numbers.writes)),
        One("solotrial_commits_total", "Commits that made writes durable", MetricType::Counter,
            static_cast<double>(numbers.commits)),
    };
  }

 private:
  store::TrialStore& store_;
  const Metrics::WorkQueue work_queue_;
};

}  // namespace

class Metrics::Impl {
 public:
  Impl(store::TrialStore& store, WorkQueue work_queue)
      : registry_(std::make_shared<prometheus::Registry>()),
        levels_(std::make_shared<Levels>(store, std::move(work_queue))),
        requests_(prometheus::BuildCounter()
                      .Name("solotrial_requests_total")
                      .Help("Calls that were answered")
                      .Register(*registry_)),
        seconds_(prometheus::BuildHistogram()
                     .Name("solotrial_request_seconds")
                     .Help("How long calls took")
                     .Register(*registry_)),
        analyses_(prometheus::BuildCounter()
                      .Name("solotrial_analyses_total")
                      .Help("Analyses that were answered")
                      .Register(*registry_)
                      .Add({})) {}

  void Count(const std::string& method, grpc::StatusCode code, double seconds) {
    requests_.Add({{"method", method}, {"code", CodeName(code)}}).Increment();
    seconds_.Add({{"method", method}}, kBuckets).Observe(seconds);
    const bool analysis = method == "AnalysisService.Analyze" ||
                          method == "AnalysisService.AnalyzeRecord" ||
                          method == "AnalysisService.PredictDecision";
    if (analysis && code == grpc::StatusCode::OK) analyses_.Increment();
  }

  absl::Status Serve(const std::string& address) {
    const size_t colon = address.rfind(':');
    const std::string host = address.substr(0, colon);
    if (colon == std::string::npos ||
        (host != "127.0.0.1" && host != "[::1]" && host != "localhost")) {
      return absl::InvalidArgumentError("cannot serve metrics on " + address +
                                        ": name 127.0.0.1:PORT, [::1]:PORT or localhost:PORT");
    }
    try {
      const std::string bound = host == "localhost" ? "127.0.0.1" + address.substr(colon) : address;
      exposer_ = std::make_unique<prometheus::Exposer>(bound, 1);
      exposer_->RegisterCollectable(registry_);
      exposer_->RegisterCollectable(levels_);
    } catch (const std::exception&) {
      return absl::UnavailableError("cannot serve metrics on " + address +
                                    ": the port is in use or not allowed");
    }
    return absl::OkStatus();
  }

  std::string Text() const {
    std::vector<MetricFamily> families = registry_->Collect();
    for (MetricFamily& family : levels_->Collect()) families.push_back(std::move(family));
    return prometheus::TextSerializer().Serialize(families);
  }

 private:
  const std::shared_ptr<prometheus::Registry> registry_;
  const std::shared_ptr<Levels> levels_;
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  prometheus::Counter& analyses_;
  std::unique_ptr<prometheus::Exposer> exposer_;
};

namespace {

using CountCall = std::function<void(const std::string&, grpc::StatusCode, double)>;

// One call, from its beginning to its status.
class CallClock final : public grpc::experimental::Interceptor {
 public:
  CallClock(std::string method, const CountCall& count)
      : method_(std::move(method)), count_(count), begin_(std::chrono::steady_clock::now()) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS)) {
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin_;
      count_(method_, methods->GetSendStatus().error_code(), took.count());
    }
    methods->Proceed();
  }

 private:
  const std::string method_;
  const CountCall& count_;
  const std::chrono::steady_clock::time_point begin_;
};

class CallClocks final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit CallClocks(CountCall count) : count_(std::move(count)) {}

  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* info) override {
    return new CallClock(ShortName(info->method()), count_);  // gRPC owns it
  }

 private:
  const CountCall count_;
};

}  // namespace

Metrics::Metrics(store::TrialStore& store, WorkQueue work_queue)
    : impl_(std::make_unique<Impl>(store, std::move(work_queue))) {}
Metrics::~Metrics() = default;

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> Metrics::CountCalls() {
  return std::make_unique<CallClocks>(
      [impl = impl_.get()](const std::string& method, grpc::StatusCode code, double seconds) {
        impl->Count(method, code, seconds);
      });
}

absl::Status Metrics::Serve(const std::string& address) { return impl_->Serve(address); }

std::string Metrics::Text() const { return impl_->Text(); }

}  // namespace solotrial::service
