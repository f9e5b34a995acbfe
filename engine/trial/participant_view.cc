#include "engine/trial/participant_view.h"

#include "engine/trial/amendment.h"
#include "engine/trial/schedule.h"

namespace solotrial::trial {

ParticipantView ViewOf(const Protocol& protocol, const Trial& trial, Date today) {
  const Schedule schedule(protocol, trial);
  const bool ended = HasEnded(StateOn(trial, protocol, today));
  const bool blinded = protocol.design.blinding == Blinding::kByHelper;
  ParticipantView view;
  view.concealed = IsConcealed(protocol, trial, today);
  for (const Block& block : schedule.blocks()) {
    ParticipantView::Block& shown = view.blocks.emplace_back();
    shown.number = block.number;
    shown.pair = block.pair;
    shown.days = block.days;
    shown.is_open = block.is_open;
    shown.start_date = block.start_date;
    shown.end_date = block.end_date;
    if (!view.concealed && schedule.MayShowArm(block, today, ended)) shown.on = block.on;
    if (blinded) shown.envelope = block.number;
  }
  if (schedule.has_run_in()) {
    view.run_in_start_date = schedule.first_date();
    view.run_in_end_date = schedule.run_in_end_date();
  }
  return view;
}

}  // namespace solotrial::trial
