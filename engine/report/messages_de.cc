// German. Calm and plain, for a reader of twelve.
#include "engine/report/catalogue.h"

namespace solotrial::report {

namespace {

Catalogue MakeCatalogue() {
  Catalogue catalogue{
      ',',
      "Behandlung",
      {{"points", {"Punkt", "Punkte"}},
       {"days per 28 days", {"Tag je 28 Tage", "Tage je 28 Tage"}},
       {"events per 7 days", {"Ereignis je 7 Tage", "Ereignisse je 7 Tage"}}},
      {
          {"verdict.responds",
           "In diesem Versuch war „{measure}“ in den Zeiten mit {treatment} um {mean} {unit} "
           "besser (95-%-Intervall {low} bis {high}), und so viel ist für diese Person von "
           "Bedeutung."},
          {"verdict.worsens",
           "In diesem Versuch war „{measure}“ in den Zeiten mit {treatment} um {mean} {unit} "
           "schlechter (95-%-Intervall {low} bis {high})."},
          {"verdict.benefit_too_small",
           "In diesem Versuch war „{measure}“ in den Zeiten mit {treatment} um {mean} {unit} "
           "besser (95-%-Intervall {low} bis {high}), aber das ist weniger, als für diese Person "
           "von "
           "Bedeutung ist ({mid} {unit})."},
          {"verdict.benefit_size_open",
           "In diesem Versuch war „{measure}“ in den Zeiten mit {treatment} um {mean} {unit} "
           "besser (95-%-Intervall {low} bis {high}); ob es so viel ist, wie für diese Person von "
           "Bedeutung ist ({mid} {unit}), ist noch offen."},
          {"verdict.does_not_respond",
           "In diesem Versuch ist es unwahrscheinlich ({percent} %), dass der Nutzen von "
           "{treatment} bei „{measure}“ {mid} {unit} oder mehr beträgt."},
          {"verdict.benefit_size_open.no_mid",
           "In diesem Versuch war „{measure}“ in den Zeiten mit {treatment} um {mean} {unit} "
           "besser (95-%-Intervall {low} bis {high}); ab wie viel es von Bedeutung wäre, wurde "
           "nicht gefragt."},
          {"verdict.undecided",
           "Dieser Versuch lässt offen, ob {treatment} bei „{measure}“ hilft: Der Nutzen betrug "
           "{mean} {unit} (95-%-Intervall {low} bis {high}, unter 0 heißt schlechter)."},
          {"verdict.undecided_low_contrast",
           "Dieser Versuch lässt offen, ob {treatment} bei „{measure}“ hilft: Die Blöcke waren zu "
           "kurz dafür, dass die Wirkung kommt und wieder geht, und konnten nur {contrast} % von "
           "ihr zeigen."},
          {"verdict.insufficient_data.going_on",
           "Bisher ist zu wenig eingetragen, um etwas sagen zu können; bitte weitermachen."},
          {"verdict.insufficient_data.ended",
           "In diesem Versuch wurde zu wenig eingetragen, um zu sagen, ob die Behandlung hilft."},
          {"verdict.not_randomised",
           "Der Nutzen bei „{measure}“ betrug in den Zeiten mit {treatment} {mean} {unit} "
           "(95-%-Intervall {low} bis {high}, unter 0 heißt schlechter), aber die Reihenfolge der "
           "Zeiten wurde nicht ausgelost; deshalb kann niemand sagen, ob es an {treatment} lag."},
          {"verdict.not_computed.unreliable",
           "Es gibt keine Antwort, weil auf die Rechnung bei diesem Tagebuch kein Verlass ist "
           "({problem}); verloren ist nichts, und wer dieses Programm betreut, kann weiterhelfen."},
          {"verdict.not_computed.autocorrelation_off",
           "Es gibt keine Antwort, weil das Protokoll die Autokorrelation abschaltet: Auf einen "
           "schlechten Tag folgt oft noch einer, und eine Rechnung, die das auslässt, sieht "
           "Wirkungen, wo keine sind; bitte im Protokoll einschalten und das Tagebuch noch einmal "
           "auswerten."},
          {"remark.open_label",
           "Wenn bekannt war, wann die Behandlung genommen wurde und wann nicht, kann ein Teil des "
           "Unterschieds an der Erwartung liegen."},
          {"remark.unblinded",
           "Die Studie war bis {date} verblindet; seitdem war bekannt, was genommen wurde."},
          {"remark.not_confirmed_by_block_means",
           "Von den Mittelwerten der Blöcke nicht bestätigt: Sie allein könnten auch durch Zufall "
           "so ausgefallen sein."},
          {"remark.recording_may_end",
           "Das Eintragen kann enden. Ändere keine Medikamente ohne deine Ärztin oder deinen "
           "Arzt."},
          {"remark.further_pairs",
           "So viele weitere Blockpaare würden wohl Klarheit bringen, wenn die nächsten Tage so "
           "sind wie die bisherigen: {pairs}."},
          {"remark.stopped_early", "Der Versuch wurde vor seinem geplanten Ende beendet."},
          {"remark.not_adjusted_for_looks",
           "Der p-Wert des Randomisierungstests berücksichtigt nicht, dass schon vor dem geplanten "
           "Ende in die Daten gesehen wurde."},
          {"remark.talk_to_doctor",
           "Das ist kein medizinischer Rat. Sprich mit deiner Ärztin, deinem Arzt oder in der "
           "Apotheke, bevor du etwas änderst."},
          {"remark.new_treatment",
           "Während der Studie wurde eine andere Behandlung begonnen oder geändert ({dates}): was "
           "zu sehen war, kann daher kommen."},
          {"notice.paused_severe",
           "Die Studie pausiert wegen einer schweren Nebenwirkung. Gehen Sie zur Ärztin oder zum "
           "Arzt, bevor Sie mehr davon nehmen. Danach können Sie weitermachen oder aufhören."},
          {"notice.paused_moderate",
           "Die Studie pausiert: das ist in diesem Block die zweite Nebenwirkung, die Ihren Tag "
           "gestört hat. Sprechen Sie mit Ärztin, Arzt oder Apotheke, bevor Sie weitermachen."},
          {"notice.side_effect",
           "Sprechen Sie über diese Nebenwirkung mit Ärztin, Arzt oder Apotheke; nach einer "
           "schweren gehen Sie zur Ärztin oder zum Arzt."},
          {"notice.medication_overuse",
           "An {days} von 28 Tagen wurde ein Akutmittel genommen. So oft kann es selbst "
           "Kopfschmerzen machen: sprechen Sie mit Ihrer Ärztin oder Ihrem Arzt."},
          {"look.keep_going", "Bitte weitermachen."},
          {"look.recording_may_end",
           "Das Eintragen kann enden. Ändere keine Medikamente ohne deine Ärztin oder deinen "
           "Arzt."},
          {"today.before", "Der Versuch hat noch nicht begonnen. Sein erster Tag ist {date}."},
          {"today.run_in",
           "Das sind die Tage vor dem ersten Block: Nimm die Behandlung, um die es geht, noch "
           "nicht. Trag nur ein, wie es dir geht."},
          {"today.off",
           "Nimm die Behandlung, um die es geht, heute nicht. Alles andere nimmst du wie immer."},
          {"today.paused", "Der Versuch macht Pause. Für heute ist nichts vorgesehen."},
          {"today.after", "Der Versuch ist zu Ende. Tage, die fehlen, kannst du noch nachtragen."},
          {"today.envelope", "Nimm aus Umschlag {envelope}. Nimm alles andere wie gewohnt."},
          {"today.guess",
           "Block {block}: War das deiner Meinung nach mit der Behandlung oder ohne?"},
          {"today.next_visit",
           "Bis zum nächsten Besuch, Nummer {visit} von {visits}, ist nichts zu tun. Trag ihn an "
           "seinem Tag ein."},
          {"today.next_visit_known",
           "Beim nächsten Besuch, Nummer {visit} von {visits}: {instruction} Bis dahin ist nichts "
           "zu tun."},
          {"today.next_visit_envelope",
           "Bis zum nächsten Besuch, Nummer {visit} von {visits}, ist nichts zu tun. Nimm Umschlag "
           "{visit} dorthin mit."},
          {"today.next_cycle",
           "Bis dein nächster Zyklus beginnt, ist nichts zu nehmen. Trag seinen ersten Tag ein."},
          {"today.visit", "War der Besuch heute?"},
          {"today.cycle", "Hat heute ein neuer Zyklus begonnen (erster Tag der Periode)?"},
          {"today.not_shown",
           "Was an diesem Tag zu tun ist, wird noch nicht gezeigt. Frag wieder, wenn der Tag näher "
           "ist."},
          {"calendar.dose", "Dein Versuch: die heutige Dosis nehmen."},
          {"calendar.score", "Dein Versuch: das Tagebuch ausfüllen."},
          {"sensitivity.left_out.as_taken", "Nach Einnahme: Es wurde keine Dosis eingetragen."},
          {"sensitivity.left_out.missing",
           "Fehlende Tage aufgefüllt: In den Blöcken fehlt kein Wert, oder es gibt keinen, "
           "mit dem sich auffüllen ließe."},
          {"sensitivity.left_out.tipping_point.missing",
           "Kipppunkt: Kein Wert eines Tages mit Behandlung fehlt, oder die eingetragenen "
           "sind alle gleich."},
          {"sensitivity.left_out.tipping_point.verdict",
           "Kipppunkt: Kein Wert könnte dieses Ergebnis ändern."},
          {"sensitivity.left_out.washout.none",
           "Klassische Auswaschzeit: Das Protokoll nennt weder Halbwertszeiten noch "
           "Auswaschtage, es wäre also dieselbe Auswertung."},
          {"sensitivity.left_out.washout.too_long",
           "Klassische Auswaschzeit: Sie würde nach jedem Wechsel {days} Tage brauchen, und "
           "Blöcke von {block_days} Tagen sind nicht mehr als doppelt so lang."},
          {"sensitivity.left_out.carry_over",
           "Nachwirkung: Kurz nach einem Block mit Behandlung wurde kein Wert eingetragen, "
           "oder die Blöcke sind dafür zu kurz."},
          {"sensitivity.left_out.blinding",
           "Verblindung: Niemand wurde gefragt, welche Blöcke mit Behandlung waren."},
      }};
  catalogue.texts.insert(GermanPages().begin(), GermanPages().end());
  return catalogue;
}

}  // namespace

const Catalogue& GermanCatalogue() {
  static const auto* const catalogue = new Catalogue(MakeCatalogue());
  return *catalogue;
}

}  // namespace solotrial::report
