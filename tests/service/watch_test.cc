#include <thread>

#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

class WatchTest : public EngineTest {
 protected:
  std::unique_ptr<grpc::ClientReader<v1::Analysis>> Watch(grpc::ClientContext& context,
                                                          const std::string& trial) {
    Authorize(context);
    v1::WatchAnalysisRequest request;
    request.set_trial(trial);
    return analysis_->WatchAnalysis(&context, request);
  }
};

TEST_F(WatchTest, AnswersAtOnceAndAfterEveryChange) {
  const std::string trial = StartedTrial();
  grpc::ClientContext context;
  const auto reader = Watch(context, trial);
  v1::Analysis analysis;
  ASSERT_TRUE(reader->Read(&analysis));
  EXPECT_EQ(analysis.progress().scores_recorded(), 0);
  Record(trial, {Score(1, kMonday, 4)});
  ASSERT_TRUE(reader->Read(&analysis));
  EXPECT_EQ(analysis.progress().scores_recorded(), 1);
  v1::StopTrialRequest stop;
  stop.set_name(trial);
  stop.set_reason("enough");
  v1::Trial stopped;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::StopTrial, stop, &stopped).ok());
  ASSERT_TRUE(reader->Read(&analysis));
  EXPECT_EQ(analysis.state(), v1::TRIAL_STATE_STOPPED);
  context.TryCancel();
  while (reader->Read(&analysis)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(WatchTest, ChangesThatFollowCloselyEndInTheLastState) {
  const std::string trial = StartedTrial();
  clock_.SetNoon(kMonday + 41);
  grpc::ClientContext context;
  const auto reader = Watch(context, trial);
  std::thread writer([this, &trial] {
    for (int i = 0; i < 40; ++i) Record(trial, {Score(i + 1, kMonday + i, 4)});
  });
  v1::Analysis analysis;
  do {
    ASSERT_TRUE(reader->Read(&analysis));
  } while (analysis.progress().scores_recorded() < 40);
  writer.join();
  context.TryCancel();
}

TEST_F(WatchTest, EndsWhenTheTrialIsDeleted) {
  const std::string trial = StartedTrial();
  grpc::ClientContext context;
  const auto reader = Watch(context, trial);
  v1::Analysis analysis;
  ASSERT_TRUE(reader->Read(&analysis));
  v1::DeleteTrialRequest request;
  request.set_name(trial);
  google::protobuf::Empty empty;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::DeleteTrial, request, &empty).ok());
  EXPECT_FALSE(reader->Read(&analysis));
  EXPECT_EQ(FaultIn(reader->Finish()).reason, "TRIAL_NOT_FOUND");
}

TEST_F(WatchTest, TheEngineStopsWithStreamsOpen) {
  const std::string trial = StartedTrial();
  grpc::ClientContext context;
  const auto reader = Watch(context, trial);
  v1::Analysis analysis;
  ASSERT_TRUE(reader->Read(&analysis));
  server_.reset();
  EXPECT_FALSE(reader->Read(&analysis));
  EXPECT_FALSE(reader->Finish().ok());
}

}  // namespace
}  // namespace solotrial::service
