# Judge for exported files: TensorFlow's own interpreter (ai-edge-litert, reference kernels) loads the original and the
# exported file and must answer the same bytes. stdin: JSON lines {"name", "original", "exported"}; stdout: JSON lines
# {"name", "same": bool, "error": text?}. Two invocations each, so kept state is compared as well.
import json
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType


def answers(path, kernels):
    interpreter = Interpreter(model_path=path, experimental_op_resolver_type=kernels)
    interpreter.allocate_tensors()
    random = np.random.default_rng(7)
    found = []
    for _ in range(2):
        for detail in interpreter.get_input_details():
            dtype = np.dtype(detail["dtype"])
            if dtype.kind == "f":
                value = random.normal(size=detail["shape"]).astype(dtype)
            elif dtype.kind == "b":
                value = random.integers(0, 2, detail["shape"]).astype(dtype)
            else:
                limits = np.iinfo(dtype)
                value = random.integers(max(limits.min, -(2**15)), min(limits.max, 2**15 - 1), detail["shape"], dtype=dtype)
            interpreter.set_tensor(detail["index"], value)
        interpreter.invoke()
        found += [interpreter.get_tensor(detail["index"]).tobytes() for detail in interpreter.get_output_details()]
    return found


for line in sys.stdin:
    case = json.loads(line)
    result = {"name": case["name"]}
    # A few operators have no reference kernel at the converter's version: the optimised ones then.
    for kernels in [OpResolverType.BUILTIN_REF, OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES]:
        try:
            original = answers(case["original"], kernels)
            break
        except Exception:
            # The interpreter refuses the original (person_detect's quantized_dimension, int16 LSTMs): nothing to judge.
            original = None
    try:
        exported = answers(case["exported"], kernels)
        result["same"] = original is None or exported == original
        result["compared"] = original is not None
    except Exception as error:
        result["same"] = original is None
        result["error"] = str(error)[:300]
    print(json.dumps(result), flush=True)
