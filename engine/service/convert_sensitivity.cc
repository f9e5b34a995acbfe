#include "engine/service/convert.h"

namespace solotrial::service {
namespace {

// The domain's enums have the names of the API's; neither is persisted by number.
v1::PriorAlternative::Prior PriorToProto(trial::PriorAlternative::Prior prior) {
  switch (prior) {
    case trial::PriorAlternative::Prior::kNeutral:
      return v1::PriorAlternative::NEUTRAL;
    case trial::PriorAlternative::Prior::kSceptical:
      return v1::PriorAlternative::SCEPTICAL;
    case trial::PriorAlternative::Prior::kLiterature:
      return v1::PriorAlternative::LITERATURE;
    case trial::PriorAlternative::Prior::kOwn:
      return v1::PriorAlternative::OWN;
  }
  return v1::PriorAlternative::PRIOR_UNSPECIFIED;
}

v1::PredictiveCheck::Statistic StatisticToProto(trial::PredictiveCheck::Statistic statistic) {
  switch (statistic) {
    case trial::PredictiveCheck::Statistic::kMean:
      return v1::PredictiveCheck::MEAN;
    case trial::PredictiveCheck::Statistic::kStandardDeviation:
      return v1::PredictiveCheck::STANDARD_DEVIATION;
    case trial::PredictiveCheck::Statistic::kShareLowest:
      return v1::PredictiveCheck::SHARE_LOWEST;
    case trial::PredictiveCheck::Statistic::kLagOneCorrelation:
      return v1::PredictiveCheck::LAG_ONE_CORRELATION;
    case trial::PredictiveCheck::Statistic::kBlockMean:
      return v1::PredictiveCheck::BLOCK_MEAN;
  }
  return v1::PredictiveCheck::STATISTIC_UNSPECIFIED;
}

void PutTip(const trial::Tip& from, v1::TippingPoint::Tip& to) {
  to.set_shift(from.shift);
  to.set_score(from.value);
  to.set_decision(ToProto(from.decision));
}

void PutTippingPoint(const trial::TippingPoint& from, v1::TippingPoint& to) {
  to.set_mean(from.mean);
  to.set_standard_deviation(from.standard_deviation);
  to.set_at_mean(ToProto(from.at_mean));
  if (from.lower.has_value()) PutTip(*from.lower, *to.mutable_lower());
  if (from.higher.has_value()) PutTip(*from.higher, *to.mutable_higher());
}

void PutInterval(const trial::Interval& from, v1::Blinding::Interval& to) {
  to.set_estimate(from.estimate);
  to.set_q025(from.q025);
  to.set_q975(from.q975);
}

void PutArm(const trial::BlindingIndex& from, v1::Blinding::Arm& to) {
  to.set_right(from.right);
  to.set_wrong(from.wrong);
  to.set_unknown(from.unknown);
  PutInterval(from.index, *to.mutable_index());
}

void PutBlinding(const trial::BlindingScore& from, v1::Blinding& to) {
  to.set_right(from.right);
  to.set_guesses(from.guesses);
  to.set_unknown(from.unknown);
  if (from.share_right.has_value()) PutInterval(*from.share_right, *to.mutable_share_right());
  if (from.on.has_value()) PutArm(*from.on, *to.mutable_on());
  if (from.off.has_value()) PutArm(*from.off, *to.mutable_off());
}

void PutCheck(const trial::PredictiveCheck& from, v1::PredictiveCheck& to) {
  to.set_statistic(StatisticToProto(from.statistic));
  to.set_block(from.block);
  to.set_observed(from.observed);
  to.set_q025(from.q025);
  to.set_q500(from.q500);
  to.set_q975(from.q975);
  to.set_p(from.p);
}

void PutArmDays(const trial::ArmDays& from, v1::ArmDays& to) {
  to.set_days(from.days);
  to.set_missing(from.missing);
}

// Everything whose answers are in the unit of one measure.
class SensitivityConverter {
 public:
  explicit SensitivityConverter(const trial::Measure& measure) : measure_(measure) {}

  void Put(const trial::Sensitivity& from, v1::Sensitivity& to) const {
    for (const trial::PriorAlternative& prior : from.priors) {
      v1::PriorAlternative& row = *to.add_priors();
      row.set_prior(PriorToProto(prior.prior));
      row.set_mean(prior.effect.mean);
      row.set_sd(prior.effect.sd);
      PutAnswer(prior.answer, *row.mutable_answer());
    }
    if (from.as_taken.has_value()) {
      v1::AsTaken& taken = *to.mutable_as_taken();
      taken.set_logged_days(from.as_taken->logged_days);
      taken.set_unlogged_days(from.as_taken->unlogged_days);
      taken.set_half_life_days(from.as_taken->half_life_days);
      PutAnswer(from.as_taken->answer, *taken.mutable_answer());
    }
    for (const trial::LeftOut& left_out : from.leave_one_out) {
      v1::LeftOut& row = *to.add_leave_one_out();
      if (from.pairs_left_out) {
        row.set_first_pair(left_out.first);
        row.set_last_pair(left_out.last);
      } else {
        row.set_first_block(left_out.first);
        row.set_last_block(left_out.last);
      }
      PutAnswer(left_out.answer, *row.mutable_answer());
    }
    for (const trial::FilledMissing& filled : from.filled_missing) {
      v1::FilledMissing& row = *to.add_filled_missing();
      row.set_on_score(filled.on_score);
      row.set_off_score(filled.off_score);
      PutAnswer(filled.answer, *row.mutable_answer());
    }
    if (from.classic_washout.has_value()) {
      v1::ClassicWashout& washout = *to.mutable_classic_washout();
      washout.set_washout_days(from.classic_washout->washout_days);
      PutAnswer(from.classic_washout->answer, *washout.mutable_answer());
    }
    if (from.carry_over.has_value()) {
      v1::CarryOver& carry_over = *to.mutable_carry_over();
      carry_over.set_days(from.carry_over->days);
      carry_over.set_observed_days(from.carry_over->observed_days);
      *carry_over.mutable_effect() = ToProto(from.carry_over->effect);
      PutAnswer(from.carry_over->answer, *carry_over.mutable_answer());
    }
  }

 private:
  void PutAnswer(const trial::Alternative& from, v1::Alternative& to) const {
    *to.mutable_benefit() = ToProto(from.benefit, measure_);
    if (from.decision.has_value()) to.set_decision(ToProto(*from.decision));
  }

  const trial::Measure& measure_;
};

}  // namespace

v1::Sensitivity ToProto(const trial::Sensitivity& sensitivity, const trial::Measure& measure,
                        report::Language language) {
  v1::Sensitivity proto;
  SensitivityConverter(measure).Put(sensitivity, proto);
  PutArmDays(sensitivity.on_days, *proto.mutable_on_days());
  PutArmDays(sensitivity.off_days, *proto.mutable_off_days());
  if (sensitivity.tipping_point.has_value()) {
    PutTippingPoint(*sensitivity.tipping_point, *proto.mutable_tipping_point());
  }
  if (sensitivity.trend.has_value()) *proto.mutable_trend() = ToProto(*sensitivity.trend);
  if (sensitivity.autocorrelation.has_value()) {
    *proto.mutable_autocorrelation() = ToProto(*sensitivity.autocorrelation);
  }
  if (sensitivity.blinding.has_value()) {
    PutBlinding(*sensitivity.blinding, *proto.mutable_blinding());
  }
  for (const trial::PredictiveCheck& check : sensitivity.predictive_checks) {
    PutCheck(check, *proto.add_predictive_checks());
  }
  for (const trial::Message& message : sensitivity.left_out) {
    *proto.add_left_out() = ToProto(message, language);
  }
  return proto;
}

v1::SimulatedProbability ToProto(const trial::SimulatedProbability& probability) {
  v1::SimulatedProbability proto;
  proto.set_probability(probability.probability);
  proto.set_standard_error(probability.standard_error);
  return proto;
}

v1::DecisionProbability ToProto(const trial::DecisionProbability& decision) {
  v1::DecisionProbability proto;
  proto.set_decision(ToProto(decision.decision));
  *proto.mutable_probability() = ToProto(decision.probability);
  return proto;
}

v1::Forecast ToProto(const trial::Forecast& forecast) {
  v1::Forecast proto;
  proto.set_pairs(forecast.pairs);
  proto.set_days(forecast.days);
  *proto.mutable_decided() = ToProto(forecast.decided);
  for (const trial::DecisionProbability& decision : forecast.decisions) {
    *proto.add_decisions() = ToProto(decision);
  }
  return proto;
}

}  // namespace solotrial::service
