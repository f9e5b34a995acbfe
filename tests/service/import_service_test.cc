// Records of other programs, over the wire.
#include <grpcpp/channel.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/service/engine.h"

namespace solotrial::service {
namespace {

class ImportServiceTest : public EngineTest {
 protected:
  static v1::Protocol RecordProtocol() {
    v1::Protocol protocol = PairedProtocol();
    protocol.clear_design();
    protocol.clear_intervention();
    return protocol;
  }
  static v1::ImportMapping Mapping() {
    v1::ImportMapping mapping;
    const auto add = [&mapping](const std::string& column, const std::string& target) {
      v1::ImportMapping::Column& added = *mapping.add_columns();
      added.set_column(column);
      added.set_target(target);
    };
    add("Day", "date");
    add("Score", "legs");
    add("Pill", "on");
    return mapping;
  }
  static constexpr char kTable[] = "Day,Score,Pill\n3/4/2026,4,yes\n4/4/2026,6,no\n5/4/2026,5,no\n";
};

TEST_F(ImportServiceTest, AsksFirstThenShowsThenStores) {
  v1::PreviewImportRequest request;
  *request.mutable_protocol() = RecordProtocol();
  request.set_source(kTable);
  *request.mutable_mapping() = Mapping();
  v1::ImportPreview preview;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::PreviewImport, request, &preview).ok());
  ASSERT_EQ(preview.questions_size(), 1);
  EXPECT_EQ(preview.questions(0).kind(), v1::ImportPreview::Question::KIND_DATE_ORDER);
  EXPECT_EQ(preview.columns(1).name(), "Score");
  EXPECT_EQ(preview.days_size(), 0);

  request.mutable_mapping()->set_date_order(v1::ImportMapping::DATE_ORDER_DAY_MONTH_YEAR);
  request.set_days(2);
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::PreviewImport, request, &preview).ok());
  EXPECT_EQ(preview.day_count(), 3);
  ASSERT_EQ(preview.days_size(), 2);
  EXPECT_EQ(preview.days(0).date(), "2026-04-03");
  EXPECT_EQ(preview.days(0).values().at("legs"), 4);
  EXPECT_EQ(preview.days(1).on(), 0);

  v1::ImportTrialRequest import;
  *import.mutable_protocol() = RecordProtocol();
  import.set_diary_csv(kTable);
  *import.mutable_mapping() = request.mapping();
  v1::Trial trial;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::ImportTrial, import, &trial).ok());
  v1::ExportDiaryRequest asked;
  asked.set_name(trial.name());
  v1::ExportDiaryResponse diary;
  ASSERT_TRUE(Call(*trials_, &v1::TrialService::Stub::ExportDiary, asked, &diary).ok());
  EXPECT_NE(diary.diary_csv().find("2026-04-03,1,,4"), std::string::npos) << diary.diary_csv();
}

TEST_F(ImportServiceTest, StoresNothingWhileSomethingIsOpen) {
  v1::ImportTrialRequest import;
  *import.mutable_protocol() = RecordProtocol();
  import.set_diary_csv(kTable);
  *import.mutable_mapping() = Mapping();
  v1::Trial trial;
  const auto fault = [&] {
    return FaultIn(Call(*trials_, &v1::TrialService::Stub::ImportTrial, import, &trial));
  };
  EXPECT_EQ(fault().reason, "INVALID_FIELDS");
  EXPECT_EQ(fault().fields, std::vector<std::string>{"mapping.date_order"});
  import.mutable_mapping()->set_date_order(v1::ImportMapping::DATE_ORDER_DAY_MONTH_YEAR);
  import.set_diary_csv("Day,Score,Pill\n3/4/2026,40,yes\n");
  EXPECT_EQ(fault().reason, "UNREADABLE_DIARY");
  EXPECT_EQ(fault().fields, std::vector<std::string>{"source:2:2"});
  import.mutable_mapping()->set_first_date("soon");
  EXPECT_EQ(fault().fields, std::vector<std::string>{"mapping.first_date"});
}

}  // namespace
}  // namespace solotrial::service
