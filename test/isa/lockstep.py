#!/usr/bin/env python3
# Runs single instructions (and IT with one behind it) on Unicorn and tells what they did: the independent judge of
# lockstep.slow.ts and the source of golden/vectors.txt. Speaks little-endian words on stdin and stdout.
#
#   batch in    model, cases, code bytes, RAM bytes; code; RAM; then for each case 51 words:
#               start, end, r0-r14, APSR, FPSCR, s0-s31: runs until PC is end, where the caller expects it to go
#   batch out   for each case 51 words: status (0, or Unicorn's error), r0-r15, xPSR, FPSCR, s0-s31; then its RAM
#
# Code is at 0x10000, RAM at 0x20000000; each case starts from the RAM of the batch. Unicorn has the FPU on without CPACR on
# M-profile models. Its Cortex-M7 has no double precision, so model 5 is an A-profile core in Thumb state: the same
# instructions under another exception model. On M-profile models GE is set through CPSR, xPSR does not take it.
import ctypes as C
import struct
import sys

import unicorn as U
import unicorn.arm_const as A
from unicorn.unicorn_py3.unicorn import uclib

CODE, RAM = 0x10000, 0x20000000
MODELS = [A.UC_CPU_ARM_CORTEX_M0, A.UC_CPU_ARM_CORTEX_M3, A.UC_CPU_ARM_CORTEX_M4,
          A.UC_CPU_ARM_CORTEX_M7, A.UC_CPU_ARM_CORTEX_M33, A.UC_CPU_ARM_MAX]
CORE = [getattr(A, f'UC_ARM_REG_R{n}') for n in range(13)] + [A.UC_ARM_REG_SP, A.UC_ARM_REG_LR]
FLOAT = [A.UC_ARM_REG_FPSCR] + [getattr(A, f'UC_ARM_REG_S{n}') for n in range(32)]
IN, OUT = 51, 50


class Model:
    def __init__(self, number):
        a_profile = number == 5
        uc = self.uc = U.Uc(U.UC_ARCH_ARM, U.UC_MODE_THUMB | (0 if a_profile else U.UC_MODE_MCLASS))
        uc.ctl_set_cpu_model(MODELS[number])
        uc.mem_map(CODE, 0x400000)
        uc.mem_map(RAM, 0x1000)
        psr = A.UC_ARM_REG_CPSR if a_profile else A.UC_ARM_REG_XPSR
        floats = FLOAT if number >= 2 else []
        self.inputs, self.outputs = (C.c_uint32 * 64)(), (C.c_uint32 * 64)()
        ge = [A.UC_ARM_REG_CPSR] if number >= 2 else []
        self.write = self.registers(CORE + [psr] + floats + ge, self.inputs)
        self.read = self.registers(CORE + [A.UC_ARM_REG_PC, psr] + floats, self.outputs)
        self.state = 0x1f3 if a_profile else 0x01000000
        if a_profile:
            uc.reg_write(A.UC_ARM_REG_C1_C0_2, 0xf << 20)
            uc.reg_write(A.UC_ARM_REG_FPEXC, 1 << 30)
        if number >= 2:                       # the first floating-point instruction makes a new context: have it behind us
            uc.mem_write(CODE, bytes.fromhex('b0ee400a'))
            uc.emu_start(CODE | 1, CODE + 4)

    @staticmethod
    def registers(ids, buffer):
        at = (C.c_void_p * len(ids))(*[C.addressof(buffer) + 4 * i for i in range(len(ids))])
        return (C.c_int * len(ids))(*ids), at, len(ids)

    def run(self, case, ram):
        """One case: its words in, (status, words) out."""
        start, end = struct.unpack_from('<2I', case)
        C.memmove(self.inputs, case[8:], 4 * (IN - 2))
        apsr = self.inputs[15] & 0xf80f0000
        self.inputs[15] = apsr | self.state
        self.inputs[49] = apsr | 0x1f3
        self.uc.mem_write(RAM, ram)
        uclib.uc_reg_write_batch(self.uc._uch, *self.write)
        status = uclib.uc_emu_start(self.uc._uch, C.c_uint64(start | 1), C.c_uint64(end), C.c_uint64(0), C.c_size_t(0))
        C.memset(self.outputs, 0, 4 * OUT)
        uclib.uc_reg_read_batch(self.uc._uch, *self.read)
        return struct.pack('<I', status) + bytes(self.outputs)[:4 * OUT]


def serve(stdin, stdout):
    models = {}
    while header := stdin.read(16):
        number, cases, code_bytes, ram_bytes = struct.unpack('<4I', header)
        code, ram = stdin.read(code_bytes), stdin.read(ram_bytes)
        if number not in models:
            models[number] = Model(number)
        model = models[number]
        model.uc.mem_write(CODE, code)
        model.uc.ctl_flush_tb()
        for _ in range(cases):
            answer = model.run(stdin.read(4 * IN), ram)
            stdout.write(answer + bytes(model.uc.mem_read(RAM, ram_bytes)))
        stdout.flush()


if __name__ == '__main__':
    serve(sys.stdin.buffer, sys.stdout.buffer)
