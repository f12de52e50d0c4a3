// The rewrites in the order they run, with the reasons for the order.

import type { Graph } from "../../graph/graph.ts";
import type { Definitions } from "../lower.ts";
import { removeDeadChannels } from "./channels/remove-dead-channels.ts";
import { foldConstants } from "./fold-constants.ts";
import { fuseActivation } from "./fuse-activation.ts";
import { fusePad } from "./fuse-pad.ts";
import { materialiseOutputs } from "./materialise-outputs.ts";
import { removeDead } from "./remove-dead.ts";
import { removeIdentities } from "./remove-identities.ts";
import { type Rewrite, type Rewritten, unchanged } from "./rewrite.ts";

export interface RewriteOptions {
  readonly rewrite: boolean;
  readonly definitions: Definitions;
  /** See ChannelOptions. */
  readonly channelMultiple: number;
}

export function rewriteGraph(graph: Graph, options: RewriteOptions): Rewritten {
  const passes = options.rewrite ? [...exactRewrites(options), materialiseOutputs] : [materialiseOutputs];
  return passes.reduce((from, pass) => pass(from), unchanged(graph));
}

function exactRewrites({ definitions, channelMultiple: multiple }: RewriteOptions): readonly Rewrite[] {
  return [
    // What is constant stands in nobody's way later.
    (from) => foldConstants(from, definitions),
    // Readers that do not matter would keep producers from being fused.
    removeDead,
    // A requantisation between two operators hides that they could be fused.
    (from) => removeIdentities(from, definitions),
    fusePad,
    (from) => fuseActivation(from, definitions),
    // Clamps decide which channels are constant, so after they are where they belong.
    (from) => removeDeadChannels(from, { definitions, multiple }),
    removeDead,
  ];
}
