# %% [markdown]
# # A first trial, from Python
# An engine on this machine (`./engine/start`), the package with `[frames]`, and the cells
# below: what a trial asks for, recording without a network, and the answer of a whole record.

# %%
import tempfile
from pathlib import Path

from google.protobuf import json_format

import solotrial
from solotrial import entries, frames
from solotrial.v1 import Protocol

REPOSITORY = Path(__file__).resolve().parents[3]
client = solotrial.connect()
info = client.check_version()
print(f"engine {info.engine_version}, model {info.model_version}")

# %% [markdown]
# ## A trial of one's own
# A protocol is a file that people can read. This one is not about magnesium, so nobody is screened.

# %%
protocol = json_format.ParseDict(
    {
        "title": "Do I sleep better without coffee after noon?",
        "design": {"randomization": "PAIRED", "blockDays": 7, "pairs": 4},
        "measures": [
            {
                "id": "sleep",
                "family": "ORDINAL",
                "minimum": 0,
                "maximum": 10,
                "lowerIsBetter": False,
                "minimalImportantDifference": 1,
                "question": "How well did you sleep, 0 (not at all) to 10 (perfectly)?",
                "refersTo": "REFERS_TO_PREVIOUS_NIGHT",
            }
        ],
        "intervention": {"name": "no coffee after noon", "onInstruction": "No coffee after noon."},
        "timeZone": "Europe/Berlin",
    },
    Protocol(),
)
trial = client.trials.create_trial(protocol=protocol)
trial = client.trials.start_trial(name=trial.name)
for block in client.trials.get_schedule(name=trial.name).blocks:
    print(block.number, block.start_date, block.end_date, "shown" if block.arm else "not yet shown")

# %% [markdown]
# ## A night without a network
# The outbox keeps entries in a file. Nothing is sent before `sync`.

# %%
folder = tempfile.TemporaryDirectory()
outbox = solotrial.Outbox(Path(folder.name) / "diary.sqlite", device="notebook", clock=client.now)
outbox.follow(trial)
outbox.record(trial.name, entries.score("sleep", 6))
outbox.record(trial.name, entries.score("sleep", 7))  # a correction
print(len(outbox.pending(trial.name)), "wait to be sent")

report = solotrial.sync(client, outbox, trial.name)
print(report.sent, "sent,", len(outbox.current(trial.name)), "counts")

# %% [markdown]
# ## The answer of a whole record
# The repository has a real person's diary: a record from elsewhere, with its own protocol.

# %%
record = json_format.Parse((REPOSITORY / "engine/demo/melatonin.json").read_text(), Protocol())
diary = (REPOSITORY / "engine/demo/melatonin.csv").read_bytes()
imported = client.trials.import_trial(protocol=record, diary_csv=diary)
analysis = client.analyses.analyze(trial=imported.name, locale="en")
print(analysis.result.verdict.sentence)

# %% [markdown]
# ## The same as a data frame
# For a look of one's own; the verdict is the engine's.

# %%
tables = frames.tables(client, imported.name)
scores = frames.frame(tables)
print(scores.groupby(["measure", "on"])["value"].describe())

# %%
outbox.close()
folder.cleanup()
client.close()
