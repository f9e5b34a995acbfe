#!/usr/bin/env python3
"""Messages of the API as bytes, for clients in any language to read and write back:

    tests/golden/wire.py LEVEL    writes wire/level-LEVEL.json, once, when that level is released

A file that is there is never written again: what was sent once is read for ever. Needs the Python
client (tests/python/environment).
"""

import base64
import json
import sys
from pathlib import Path

from google.protobuf import json_format

from solotrial import v1

ENTRY = {
    "id": "019ca90e-1b80-7686-afef-178b57e77161",
    "date": "2026-03-01",
    "clientTime": "2026-03-01T21:30:05.250Z",
    "utcOffsetMinutes": -480,
    "device": "Telefon – 電話",
}
MESSAGES = {
    "Entry": [
        {**ENTRY, "slot": "evening", "score": {"measureId": "legs", "value": 0}},
        {**ENTRY, "covariate": {"covariateId": "weekend", "value": -0.5}},
        {**ENTRY, "dose": {"fraction": 0.1}},
        {**ENTRY, "note": {"text": "Ruhig.\n🌙 ‏ليلة"}, "sequence": "9007199254740993"},
        {**ENTRY, "supersedes": ENTRY["id"], "retraction": {}},
        {**ENTRY, "event": {"type": "TYPE_SIDE_EFFECT", "grade": "GRADE_SEVERE", "text": "rash"}},
        {**ENTRY, "event": {"type": "TYPE_LABORATORY", "laboratoryId": "serum_magnesium",
                            "laboratoryValue": 0}},
        {**ENTRY, "rescue": {"name": "ibuprofen", "doses": 2}},
        {**ENTRY, "guess": {"blockNumber": 3, "arm": "ARM_OFF"}},
        {**ENTRY, "deviation": {"kind": "KIND_UNTOLD_PAUSE", "text": "flu", "days": 5}},
        {**ENTRY, "mark": {}},
    ],
    "RecordEntriesRequest": [
        {"trial": "trials/5b907355-710d-4f64-9588-36a2c82f7f22", "locale": "de",
         "entries": [{**ENTRY, "mark": {}}, {**ENTRY, "note": {"text": "a"}}]},
    ],
    "RecordEntriesResponse": [
        {"results": [{"entryId": ENTRY["id"], "accepted": True, "sequence": "1"},
                     {"entryId": ENTRY["id"], "rejection": {
                         "reason": "VALUE_OUT_OF_RANGE", "field": "score.value",
                         "message": "must be a whole number from 0 to 10"}}],
         "cursor": {"epoch": "5b907355-710d-4f64-9588-36a2c82f7f22", "sequence": "1"}},
    ],
    "Protocol": [
        {"title": "Does an evening walk calm my legs?",
         "design": {"randomization": "PAIRED", "blockDays": 14, "pairs": 4, "runInDays": 14},
         "measures": [{"id": "legs", "family": "ORDINAL", "minimum": 0, "maximum": 10,
                       "lowerIsBetter": False, "minimalImportantDifference": 1, "primary": True,
                       "refersTo": "REFERS_TO_PREVIOUS_NIGHT"}],
         "kinetics": {"onsetHalfLifeDays": 3, "offsetHalfLifeDays": 3},
         "analysis": {"trend": False},
         "intervention": {"name": "a walk", "onInstruction": "Walk.",
                          "doseSlots": ["morning", "evening"]},
         "timeZone": "Europe/Berlin", "dayStartsAt": "00:00"},
    ],
    "Today": [
        {"date": "2026-03-01", "phase": "PHASE_BLOCK", "blockNumber": 1, "arm": "ARM_ON",
         "instruction": "Walk.",
         "due": [{"kind": "KIND_SCORE", "id": "legs", "minimum": 0, "maximum": 10, "recorded": 0,
                  "whole": True}]},
    ],
    "ServerInfo": [
        {"engineVersion": "0.1.0", "apiVersion": "v1", "apiLevel": 1, "oldestClientLevel": 1,
         "storeEpoch": "5b907355-710d-4f64-9588-36a2c82f7f22"},
    ],
    "ErrorInfo": [
        {"reason": "BUSY", "domain": "solotrial", "metadata": {"retry": "yes"}},
    ],
}  # fmt: skip


def main() -> None:
    target = Path(__file__).parent / "wire" / f"level-{int(sys.argv[1])}.json"
    rows = []
    for kind, contents in MESSAGES.items():
        for content in contents:
            message = json_format.ParseDict(content, getattr(v1, kind)())
            written = message.SerializeToString(deterministic=True)
            said = json_format.MessageToDict(message)
            rows.append(
                {"type": kind, "bytes": base64.b64encode(written).decode(), "message": said}
            )
    with target.open("x") as file:
        json.dump(rows, file, indent=1, ensure_ascii=False)
        file.write("\n")


if __name__ == "__main__":
    main()
