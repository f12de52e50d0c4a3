// Module text → optimised module: every layer's kernel calls become code with the layer's constants in it.
// The only importer of Binaryen, which is loaded on first use (0.6 s): `--help` does not pay for it.
//
//   no-inline           what layers share stays one function (shared-kernels.ts)
//   inlining            each layer gets its own copy of the kernels it calls, and of the plain intrinsics in them
//   function passes     then constants flow in: strides and addresses become immediates, branches on them go away
//
// inlining-optimizing and Binaryen's default list also optimise the kernels before they are inlined and take a third longer for
// the same code; monomorphising gives smaller code (equal layers share) but hides callees from the layer and takes as long.
// No pass that merges functions runs (duplicate-function-elimination): `layer_*` stay apart even when equal.

import type Binaryen from "binaryen";

type BinaryenApi = typeof Binaryen;

export interface Specialised {
  readonly bytes: Uint8Array;
  /** Undefined unless asked for. */
  readonly sourceMap: string | undefined;
}

export interface SpecialiseOptions {
  readonly positions: boolean;
  /** WebAssembly 1.0 only; the layers are called by the export `invoke`. */
  readonly portable?: boolean;
}

const passes = [
  ...["precompute-propagate", "vacuum", "remove-unused-brs", "optimize-instructions", "simplify-locals"],
  ...["coalesce-locals", "vacuum", "merge-blocks", "remove-unused-names", "precompute-propagate"],
  ...["optimize-instructions", "vacuum"],
];

/** Functions of any size and shape are inlined: a layer has one caller and its constants are worth more than its bytes. */
const unlimited = 1_000_000;

export async function specialise(
  text: string,
  layers: readonly string[],
  options: SpecialiseOptions,
): Promise<Specialised> {
  const { default: binaryen } = await import("binaryen");
  const module = binaryen.parseText(text);
  try {
    module.setFeatures(options.portable ? binaryen.Features.MVP : features(binaryen));
    withSettings(binaryen, () => module.runPasses(["no-inline", "inlining", ...passes]));
    addInvoke(binaryen, module, layers, options.portable ? "invoke" : "thumbelina_invoke");
    if (!options.positions) return { bytes: module.emitBinary(), sourceMap: undefined };
    const { binary, sourceMap } = module.emitBinary("layers.map");
    return { bytes: binary, sourceMap: sourceMap ?? undefined };
  } finally {
    module.dispose();
  }
}

/** Text → module optimised for size: all functions together, nothing kept that no export needs. */
export async function shrink(text: string): Promise<{ readonly bytes: Uint8Array; readonly sourceMap: string }> {
  const { default: binaryen } = await import("binaryen");
  const module = binaryen.parseText(text);
  try {
    module.setFeatures(features(binaryen));
    const before = [binaryen.getOptimizeLevel(), binaryen.getShrinkLevel()] as const;
    binaryen.setOptimizeLevel(2);
    binaryen.setShrinkLevel(2);
    module.optimize();
    // a second round sees the constants that the first has brought into the functions
    module.optimize();
    binaryen.setOptimizeLevel(before[0]);
    binaryen.setShrinkLevel(before[1]);
    // the names of functions, for symbols and profiles
    const names = binaryen.getDebugInfo();
    binaryen.setDebugInfo(true);
    const { binary, sourceMap } = module.emitBinary("firmware.map");
    binaryen.setDebugInfo(names);
    return { bytes: binary, sourceMap: sourceMap ?? "" };
  } finally {
    module.dispose();
  }
}

function features({ Features }: BinaryenApi): Binaryen.Features {
  return Features.MutableGlobals | Features.SignExt | Features.NontrappingFPToInt;
}

/** After specialising, so that layers are not inlined into it. */
function addInvoke(
  binaryen: BinaryenApi,
  module: Binaryen.Module,
  layers: readonly string[],
  exportName: string,
): void {
  const calls = layers.map((name) => module.call(name, [], binaryen.none));
  module.addFunction("thumbelina_invoke", binaryen.none, binaryen.none, [], module.block(null, calls));
  module.addFunctionExport("thumbelina_invoke", exportName);
}

/** Binaryen's settings are global to the process: set, used without yielding, and put back. */
function withSettings(binaryen: BinaryenApi, run: () => void): void {
  const before = [
    binaryen.getOptimizeLevel(),
    binaryen.getShrinkLevel(),
    binaryen.getAlwaysInlineMaxSize(),
    binaryen.getFlexibleInlineMaxSize(),
  ] as const;
  const loops = binaryen.getAllowInliningFunctionsWithLoops();
  binaryen.setOptimizeLevel(2);
  binaryen.setShrinkLevel(0);
  binaryen.setAlwaysInlineMaxSize(unlimited);
  binaryen.setFlexibleInlineMaxSize(unlimited);
  binaryen.setAllowInliningFunctionsWithLoops(true);
  binaryen.setPassArgument("no-inline", "kernel_*");
  try {
    run();
  } finally {
    binaryen.setOptimizeLevel(before[0]);
    binaryen.setShrinkLevel(before[1]);
    binaryen.setAlwaysInlineMaxSize(before[2]);
    binaryen.setFlexibleInlineMaxSize(before[3]);
    binaryen.setAllowInliningFunctionsWithLoops(loops);
    binaryen.setPassArgument("no-inline", null);
  }
}
