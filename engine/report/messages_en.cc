// English. Calm and plain, for a reader of twelve.
#include "engine/report/catalogue.h"

namespace solotrial::report {

namespace {

Catalogue MakeCatalogue() {
  Catalogue catalogue{
      '.',
      "treatment",
      {{"points", {"point", "points"}},
       {"days per 28 days", {"day per 28 days", "days per 28 days"}},
       {"events per 7 days", {"event per 7 days", "events per 7 days"}}},
      {
          {"verdict.responds",
           "In this trial, “{measure}” was better in {treatment} periods by {mean} {unit} "
           "(95 % interval {low} to {high}), an amount that matters to this person."},
          {"verdict.worsens",
           "In this trial, “{measure}” was worse in {treatment} periods by {mean} {unit} "
           "(95 % interval {low} to {high})."},
          {"verdict.benefit_too_small",
           "In this trial, “{measure}” was better in {treatment} periods by {mean} {unit} "
           "(95 % interval {low} to {high}), but that is less than what matters to this person "
           "({mid} {unit})."},
          {"verdict.benefit_size_open",
           "In this trial, “{measure}” was better in {treatment} periods by {mean} {unit} "
           "(95 % interval {low} to {high}); whether it is as much as matters to this person "
           "({mid} {unit}) is still open."},
          {"verdict.does_not_respond",
           "In this trial, a benefit of {treatment} for “{measure}” as large as {mid} {unit} is "
           "unlikely ({percent} %)."},
          {"verdict.benefit_size_open.no_mid",
           "In this trial, “{measure}” was better in {treatment} periods by {mean} {unit} (95 % "
           "interval {low} to {high}); whether that is an amount that matters was not asked."},
          {"verdict.undecided",
           "This trial leaves open whether {treatment} helps with “{measure}”: the benefit seen "
           "was {mean} {unit} (95 % interval {low} to {high}, below 0 is worse)."},
          {"verdict.undecided_low_contrast",
           "This trial leaves open whether {treatment} helps with “{measure}”: the blocks were too "
           "short for the effect to come and go, so that they could show only {contrast} % of it."},
          {"verdict.insufficient_data.going_on",
           "Too little has been recorded so far to say anything; keep going."},
          {"verdict.insufficient_data.ended",
           "Too little was recorded in this trial to say whether the treatment helps."},
          {"verdict.not_randomised",
           "The benefit seen for “{measure}” in {treatment} periods was {mean} {unit} (95 % "
           "interval {low} to {high}, below 0 is worse), but the order of the periods was not "
           "drawn "
           "by chance, so nobody can say whether {treatment} was the reason."},
          {"verdict.not_computed.unreliable",
           "There is no answer, because the calculation cannot be relied on for this diary "
           "({problem}); nothing is lost, and the people who look after this program can help."},
          {"verdict.not_computed.autocorrelation_off",
           "There is no answer, because the protocol switches autocorrelation off: one bad day "
           "often follows another, and a calculation that leaves this out sees effects where there "
           "are none; switch it on in the protocol and analyse the diary again."},
          {"remark.open_label",
           "If it was known which periods were on and which were off, what was expected may "
           "explain part of the difference."},
          {"remark.unblinded",
           "The trial was blinded until {date}; what was taken has been known since then."},
          {"remark.not_confirmed_by_block_means",
           "Not confirmed by block means: the plain averages of the blocks alone could also have "
           "come about by chance."},
          {"remark.recording_may_end",
           "Recording may end. Change no medicine without your doctor."},
          {"remark.further_pairs",
           "Further pairs of blocks likely to decide it, if the days to come are like those so "
           "far: {pairs}."},
          {"remark.stopped_early", "The trial was stopped before its planned end."},
          {"remark.not_adjusted_for_looks",
           "The p-value of the randomisation test is not adjusted for the looks at the data before "
           "the planned end."},
          {"remark.talk_to_doctor",
           "This is no medical advice. Talk to your doctor or pharmacist before you change "
           "anything."},
          {"remark.new_treatment",
           "Another treatment was started or changed during the trial ({dates}): what was seen "
           "may come from that."},
          {"notice.paused_severe",
           "The trial is paused because of a severe side effect. See a doctor before you take any "
           "more of it. You can go on or stop once you have read this."},
          {"notice.paused_moderate",
           "The trial is paused: this is the second side effect in this block that got in the way "
           "of your day. Talk to your doctor or pharmacist before you go on."},
          {"notice.side_effect",
           "Talk to your doctor or pharmacist about this side effect; after a severe one see a "
           "doctor."},
          {"notice.medication_overuse",
           "Acute medicine was taken on {days} of 28 days. That often can itself cause headaches: "
           "talk to your doctor."},
          {"look.keep_going", "Keep going."},
          {"look.recording_may_end", "Recording may end. Change no medicine without your doctor."},
          {"today.before", "The trial has not begun yet. Its first day is {date}."},
          {"today.run_in",
           "These are the days before the first block: do not take the treatment that is being "
           "tried yet. Just record how you are."},
          {"today.off",
           "Do not take the treatment that is being tried today. Take everything else as usual."},
          {"today.paused", "The trial is paused. Nothing is planned for today."},
          {"today.after", "The trial is over. Days that you missed can still be filled in."},
          {"today.envelope", "Take from envelope {envelope}. Take everything else as usual."},
          {"today.guess", "Block {block}: do you think it was with the treatment or without?"},
          {"today.next_visit",
           "Nothing to do until your next visit, number {visit} of {visits}. Record it on its "
           "day."},
          {"today.next_visit_known",
           "At your next visit, number {visit} of {visits}: {instruction} Until then there is "
           "nothing to do."},
          {"today.next_visit_envelope",
           "Nothing to do until your next visit, number {visit} of {visits}. Take envelope {visit} "
           "with you."},
          {"today.next_cycle",
           "Nothing to take until your next cycle begins. Record its first day."},
          {"today.visit", "Did the visit take place today?"},
          {"today.cycle", "Did a new cycle begin today (first day of your period)?"},
          {"today.not_shown",
           "What to do on this day is not shown yet. Ask again when the day is closer."},
          {"calendar.dose", "Your trial: take today's dose."},
          {"calendar.score", "Your trial: fill in your diary."},
          {"sensitivity.left_out.as_taken", "As taken: no dose was logged."},
          {"sensitivity.left_out.missing",
           "Missing days filled: no score is missing in the blocks, or there is none to fill "
           "them from."},
          {"sensitivity.left_out.tipping_point.missing",
           "Tipping point: no score of an on-day is missing, or the recorded ones are all "
           "the same."},
          {"sensitivity.left_out.tipping_point.verdict",
           "Tipping point: no score could change this verdict."},
          {"sensitivity.left_out.washout.none",
           "Classic washout: the protocol names neither half-lives nor washout days, so it "
           "would be the same analysis."},
          {"sensitivity.left_out.washout.too_long",
           "Classic washout: it would take {days} days after each switch, and blocks of "
           "{block_days} days are not more than twice as long."},
          {"sensitivity.left_out.carry_over",
           "Carry-over: no score was recorded early enough after an on block, or the blocks "
           "are too short to tell."},
          {"sensitivity.left_out.blinding",
           "Blinding: nobody was asked to guess which blocks were on."},
      }};
  catalogue.texts.insert(EnglishPages().begin(), EnglishPages().end());
  return catalogue;
}

}  // namespace

const Catalogue& EnglishCatalogue() {
  static const auto* const catalogue = new Catalogue(MakeCatalogue());
  return *catalogue;
}

}  // namespace solotrial::report
