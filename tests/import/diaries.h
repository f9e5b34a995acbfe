// What the tests of reading and writing diaries have in common.
#ifndef SOLOTRIAL_TESTS_IMPORT_DIARIES_H_
#define SOLOTRIAL_TESTS_IMPORT_DIARIES_H_

#include <string>
#include <vector>

#include "engine/trial/protocol.h"
#include "engine/trial/record.h"

namespace solotrial::import {

// Measures `headache` (ORDINAL 0-10, primary), `rest` (GAUSSIAN 0-100) and `legs` (ORDINAL 0-4 with
// the slots evening and night); covariates `weekend` (binary) and `steps` (numeric).
trial::Protocol DiaryProtocol();

// Everything that a row says, except the line it stands on, as text.
std::string Told(const trial::DiaryRow& row);
std::vector<std::string> Told(const std::vector<trial::DiaryRow>& rows);

// What ReadDiaryCsv says about `bytes`: "LINE:COLUMN description" for every fault, or nothing.
std::vector<std::string> FaultsIn(const std::string& bytes);

}  // namespace solotrial::import

#endif  // SOLOTRIAL_TESTS_IMPORT_DIARIES_H_
