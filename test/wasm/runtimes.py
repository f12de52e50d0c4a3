# Runs a portable module on a WebAssembly runtime. argv: "wasm3" or "wasmtime". One JSON request a line on stdin, {"module": file, "inputs":
# [hex]}; one JSON answer a line, {"outputs": [hex], "again": [hex]}: an inference, a reset, the same inference.
import json
import sys


def open_wasm3(file):
    import wasm3

    environment = wasm3.Environment()
    runtime = environment.new_runtime(65536)
    with open(file, "rb") as opened:
        module = environment.parse_module(opened.read())
    runtime.load(module)
    memory = runtime.get_memory(0)

    def write(address, data):
        memory[address : address + len(data)] = data

    def read(address, size):
        return bytes(memory[address : address + size])

    return module.get_global, lambda name: runtime.find_function(name)(), write, read


def open_wasmtime(file):
    import wasmtime

    store = wasmtime.Store()
    exports = wasmtime.Instance(store, wasmtime.Module.from_file(store.engine, file), []).exports(store)
    memory = exports["memory"]
    return (
        lambda name: exports[name].value(store),
        lambda name: exports[name](store),
        lambda address, data: memory.write(store, data, address),
        lambda address, size: bytes(memory.read(store, address, address + size)),
    )


def run(request):
    open_module = {"wasm3": open_wasm3, "wasmtime": open_wasmtime}[sys.argv[1]]
    value, call, write, read = open_module(request["module"])

    def infer():
        for i, text in enumerate(request["inputs"]):
            data = bytes.fromhex(text)
            assert value(f"input_{i}_size") == len(data), "input size"
            write(value(f"input_{i}"), data)
        call("invoke")
        return [read(value(f"output_{i}"), value(f"output_{i}_size")).hex() for i in range(request["outputs"])]

    outputs = infer()
    call("reset")
    return {"outputs": outputs, "again": infer()}


for line in sys.stdin:
    try:
        answer = run(json.loads(line))
    except Exception as error:  # the test prints it
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
