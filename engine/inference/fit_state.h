// What a Fit keeps of its computation.
#ifndef SOLOTRIAL_ENGINE_INFERENCE_FIT_STATE_H_
#define SOLOTRIAL_ENGINE_INFERENCE_FIT_STATE_H_

#include <map>
#include <vector>

#include "engine/inference/gaussian.h"
#include "engine/inference/inference.h"
#include "engine/inference/latent_posterior.h"
#include "engine/inference/outer_quadrature.h"
#include "engine/inference/slice.h"

namespace solotrial::inference {

// Which axis of the outer quadrature is what; -1: none.
struct OuterLayout {
  int family = -1;       // see HasFamilyAxis
  int scale = -1;        // see HasScaleAxis
  int noise_ratio = -1;  // lambda
  int onset = -1;        // log half-lives, in prior sds about the protocol's
  int offset = -1;
};
OuterLayout LayoutOf(const Record& record);

// The record with the half-lives of a setting.
Record AtSetting(const Record& record, const OuterLayout& layout, const std::vector<double>& at);

struct FitState {
  OuterLayout layout;
  OuterResult outer;
  // By the setting's values.
  std::map<std::vector<double>, GaussianSlice> gaussian;
  std::map<std::vector<double>, LatentSlice> latent;
  Slice merged;  // of all settings; empty where the quadrature could not begin
};

}  // namespace solotrial::inference

#endif  // SOLOTRIAL_ENGINE_INFERENCE_FIT_STATE_H_
