# Runs harness ELFs under Unicorn: one JSON request a line on stdin, {"elf", "cpu": "m4"|"m0"|"m3", "inputs": [hex]}, one JSON
# answer a line, {"outputs": [hex]}. Segments are loaded at p_paddr, SP and PC come from the vector table, the run ends at
# thumbelina_done.
import json
import sys

import unicorn as U
import unicorn.arm_const as A
from elftools.elf.elffile import ELFFile

MODELS = {"m0": A.UC_CPU_ARM_CORTEX_M0, "m3": A.UC_CPU_ARM_CORTEX_M3, "m4": A.UC_CPU_ARM_CORTEX_M4}


def run(request):
    with open(request["elf"], "rb") as file:
        elf = ELFFile(file)
        segments = [(s["p_paddr"], s.data()) for s in elf.iter_segments() if s["p_type"] == "PT_LOAD"]
        symbols = {s.name: (s["st_value"], s["st_size"]) for s in elf.get_section_by_name(".symtab").iter_symbols()}
        entry = elf["e_entry"]
    uc = U.Uc(U.UC_ARCH_ARM, U.UC_MODE_THUMB | U.UC_MODE_MCLASS)
    uc.ctl_set_cpu_model(MODELS[request["cpu"]])
    uc.mem_map(0, 16 << 20)
    uc.mem_map(0x20000000, 4 << 20)
    uc.mem_map(0xE0000000, 1 << 20)
    for address, data in segments:
        uc.mem_write(address, data)
    for i, text in enumerate(request["inputs"]):
        address, size = symbols[f"thumbelina_input_{i}"]
        data = bytes.fromhex(text)
        assert len(data) == size, f"input {i} has {size} bytes"
        uc.mem_write(address, data)
    uc.reg_write(A.UC_ARM_REG_SP, int.from_bytes(uc.mem_read(segments[0][0], 4), "little"))
    done = symbols["thumbelina_done"][0] & ~1
    uc.emu_start(entry | 1, done, timeout=300_000_000)
    pc = uc.reg_read(A.UC_ARM_REG_PC) & ~1
    assert pc == done, f"stopped at {pc:#x}, not at thumbelina_done"
    outputs = []
    while f"thumbelina_output_{len(outputs)}" in symbols:
        address, size = symbols[f"thumbelina_output_{len(outputs)}"]
        outputs.append(bytes(uc.mem_read(address, size)).hex())
    return {"outputs": outputs}


for line in sys.stdin:
    try:
        answer = run(json.loads(line))
    except Exception as error:  # the test prints it
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
