// The message catalogue: every sentence that the engine says to a person, in every language.
//
// The ids and their parameters. A parameter that a sentence does not use may be given too.
//
//   verdict.responds                          treatment measure unit mean low high
//   verdict.worsens                           treatment measure unit mean low high
//   verdict.benefit_too_small                 treatment measure unit mean low high mid
//   verdict.benefit_size_open                 treatment measure unit mean low high mid
//   verdict.does_not_respond                  treatment measure unit mid percent
//   verdict.benefit_size_open.no_mid          treatment measure unit mean low high
//   verdict.undecided                         treatment measure unit mean low high
//   verdict.undecided_low_contrast            treatment measure contrast
//   verdict.insufficient_data.going_on        -
//   verdict.insufficient_data.ended           -
//   verdict.not_randomised                    treatment measure unit mean low high
//   verdict.not_computed.unreliable           problem
//   verdict.not_computed.autocorrelation_off  -
//   remark.open_label                         -
//   remark.not_confirmed_by_block_means       -
//   remark.recording_may_end                  -
//   remark.further_pairs                      pairs
//   remark.stopped_early                      -
//   remark.not_adjusted_for_looks             -
//   remark.talk_to_doctor                     -
//   remark.unblinded                          date
//   remark.new_treatment                      dates
//   notice.paused_severe                      -
//   notice.paused_moderate                    -
//   notice.side_effect                        -
//   notice.medication_overuse                 days
//   look.keep_going                           -
//   look.recording_may_end                    -
//   today.before                              date
//   today.run_in                              -
//   today.off                                 -
//   today.paused                              -
//   today.after                               -
//   today.not_shown                           -
//   today.envelope                            envelope
//   today.guess                               block
//   calendar.dose                             -
//   calendar.score                            -
//   today.next_visit                          visit visits
//   today.next_visit_known                    visit visits instruction
//   today.next_visit_envelope                 visit visits
//   today.next_cycle                          -
//   today.visit                               -
//   today.cycle                               -
//   sensitivity.left_out.as_taken             -
//   sensitivity.left_out.missing              -
//   sensitivity.left_out.tipping_point.missing -
//   sensitivity.left_out.tipping_point.verdict -
//   sensitivity.left_out.washout.none         -
//   sensitivity.left_out.washout.too_long     days block_days
//   sensitivity.left_out.carry_over           -
//   sensitivity.left_out.blinding             -
//
//   treatment  as the protocol calls it; empty: "treatment"
//   measure    its id in words, or its question; shown in quotes
//   unit       `points`, `days per 28 days` or `events per 7 days`; in a sentence it follows its
//              number, which decides between singular and plural
//   mean, low, high   the benefit and its 95 % interval; for verdict.worsens the harm, so that all
//              three are positive when it is sure
//   mid        the minimal important difference
//   percent    P(benefit >= mid) in percent, rounded; `<1` below 1
//   contrast   the exposure contrast in percent, rounded
//   problem    what is wrong, an English technical phrase without a full stop
//   pairs      a whole number
//   days, block_days  whole numbers of days
//   date, dates  ISO 8601
//   envelope, block  whole numbers from 1
#ifndef SOLOTRIAL_ENGINE_REPORT_MESSAGES_H_
#define SOLOTRIAL_ENGINE_REPORT_MESSAGES_H_

#include <string>
#include <vector>

#include "engine/trial/message.h"

namespace solotrial::report {

enum class Language { kEnglish, kGerman };

// The language of a BCP 47 tag: `de`, `de-AT` and so on are German, anything else English.
Language LanguageOf(const std::string& locale);

// The sentence in `language`, its placeholders filled in; numbers with the language's decimal mark.
// An id that the catalogue does not have, or a missing parameter, is a programmer's error: the
// answer is then the id itself.
std::string Render(const trial::Message& message, Language language);

// Every id of the catalogue, in order; for tests.
std::vector<std::string> MessageIds();

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_MESSAGES_H_
