// The GDB server without gdb: dialogues as gdb-multiarch 13 has them (recorded, shortened), and what a hostile peer may send.

import { describe, expect, it } from "vitest";
import { findBoard } from "../../host/board/board.ts";
import { findSymbol, readImage } from "../../host/image/image.ts";
import { GdbStub, Machine } from "../../host/sim/sim.ts";
import { readBuilt } from "./build-programs.ts";

const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);
const bytes = (characters: string) => Uint8Array.from(characters, (c) => c.charCodeAt(0));
const framed = (body: string) => {
  const sum = [...body].reduce((total, c) => (total + c.charCodeAt(0)) & 0xff, 0);
  return `$${body}#${sum.toString(16).padStart(2, "0")}`;
};

function session(program: Parameters<typeof readBuilt>[0] = "hello", board = "mps2-an386") {
  const machine = new Machine(findBoard(board));
  const image = readImage(readBuilt(program, board));
  machine.load(image);
  let sent = "";
  const stub = new GdbStub({ machine, send: (answer) => void (sent += text(answer)) });
  const raw = (characters: string) => {
    sent = "";
    stub.receive(bytes(characters));
    return sent;
  };
  /** The body of the answer, its sum checked; the acknowledgement is dropped. */
  const ask = (body: string) => {
    const answer = raw(framed(body)).replace(/^\+/, "");
    const [, inner = ""] = /^\$(.*)#..$/s.exec(answer) ?? [];
    if (answer !== "") expect(answer).toBe(framed(inner));
    return inner;
  };
  /** Until the machine stops; what was sent. */
  const go = (body: string) => {
    sent = "";
    stub.receive(bytes(framed(body)));
    for (let i = 0; i < 1000 && stub.running; i++) stub.run(100_000);
    return sent.replace(/^\+/, "");
  };
  const address = (name: string) => findSymbol(image, name)!.address;
  return { machine, stub, raw, ask, go, address };
}

const hex = (value: number) => value.toString(16);
const littleHex = (value: number) =>
  [0, 8, 16, 24].map((shift) => ((value >>> shift) & 0xff).toString(16).padStart(2, "0")).join("");

describe("attach", () => {
  it("says what it supports, and describes core and memory in parts", () => {
    const { ask } = session();
    expect(ask("qSupported:multiprocess+;swbreak+;hwbreak+")).toContain("qXfer:features:read+");
    expect(ask("qXfer:features:read:target.xml:0,40")).toMatch(/^m<\?xml/);
    const whole = ask("qXfer:features:read:target.xml:0,ffb");
    expect(whole).toMatch(/^l<\?xml.*<\/target>$/);
    for (const name of ["m-profile", "m-system", "vfp"]) expect(whole).toContain(`org.gnu.gdb.arm.${name}`);
    expect(ask("qXfer:memory-map:read::0,ffb")).toContain('start="0x20000000"');
    expect(ask("?")).toBe("T05thread:1;");
    expect(ask("qfThreadInfo")).toBe("m1");
    expect(ask("vMustReplyEmpty")).toBe("");
  });

  it("leaves out registers that the core lacks", () => {
    const { ask } = session("hello", "microbit");
    const xml = ask("qXfer:features:read:target.xml:0,ffb");
    expect(xml).not.toContain("vfp");
    expect(xml).not.toContain("faultmask");
    expect(ask("g").length).toBe(8 * 17 + 8 * 2 + 2 * 2);
  });

  it("stops acknowledging when asked to", () => {
    const { raw } = session();
    expect(raw(framed("QStartNoAckMode"))).toBe("+$OK#9a");
    expect(raw(framed("qC"))).toBe("$QC1#c5");
  });
});

describe("registers and memory", () => {
  it("reads and writes them", () => {
    const { ask, machine } = session();
    machine.setRegister(3, 0x12345678);
    expect(ask("p3")).toBe("78563412");
    expect(ask("P4=efbeadde")).toBe("OK");
    expect(machine.getRegister(4)).toBe(0xdeadbeef);
    const all = ask("g");
    expect(all.slice(8 * 4, 8 * 5)).toBe("efbeadde");
    expect(ask(`G${all}`)).toBe("OK");
    expect(ask(`G${all.slice(2)}`)).toBe("E01");
    expect(ask("pff")).toBe("E01");
    expect(ask("M20000000,4:01020304")).toBe("OK");
    expect(ask("m20000000,4")).toBe("01020304");
    expect(ask("X20000010,3:a}\x03b")).toBe("OK");
    expect(ask("m20000010,3")).toBe("612362");
  });

  it("reads devices and the system region, and refuses what is nowhere", () => {
    const { ask } = session();
    expect(ask("me000ed00,4")).toBe("40c20f41");
    expect(ask("m70000000,4")).toBe("E14");
    expect(ask("M70000000,1:00")).toBe("E14");
    // A read over the end of RAM gives what there is.
    expect(ask("m203ffffe,8").length).toBeLessThanOrEqual(16);
    expect(ask("m203ffffc,8")).toMatch(/^[0-9a-f]{8}$/);
  });

  it("programs flash as `load` does", () => {
    const { ask } = session("hello", "nucleo-f446re");
    expect(ask("vFlashErase:08010000,1000")).toBe("OK");
    expect(ask("m8010000,4")).toBe("ffffffff");
    expect(ask("vFlashWrite:08010000:ABCD")).toBe("OK");
    expect(ask("vFlashDone")).toBe("OK");
    expect(ask("m8010000,5")).toBe("41424344ff");
    expect(ask("vFlashErase:70000000,1000")).toBe("E14");
  });
});

describe("running", () => {
  it("breaks, steps, goes on to the end", () => {
    const { ask, go, address, machine, stub } = session();
    const main = address("main");
    expect(ask(`Z1,${hex(main)},2`)).toBe("OK");
    expect(go("vCont;c")).toBe(framed("T05thread:1;hwbreak:;"));
    expect(ask("pf")).toBe(littleHex(main));
    const before = machine.instructions;
    expect(go("vCont;s:1")).toBe(framed("T05thread:1;"));
    expect(machine.instructions).toBe(before + 1);
    expect(go(`vCont;r${hex(machine.pc)},${hex(machine.pc + 4)}:1`)).toBe(framed("T05thread:1;"));
    expect(ask(`z1,${hex(main)},2`)).toBe("OK");
    expect(go("c")).toBe(framed("W00"));
    expect(stub.end).toEqual({ stop: { kind: "exit", status: 0 } });
  });

  it("does not miss a breakpoint on which a slice ends", () => {
    const { ask, address, stub, machine } = session();
    const main = address("main");
    ask(`Z0,${hex(main)},2`);
    stub.receive(bytes(framed("c")));
    while (stub.running && machine.cycles < 10_000) stub.run(1);
    expect(machine.pc).toBe(main);
  });

  it("keeps the limit of a run that follows a step", () => {
    const { machine } = session();
    machine.poke(0x20001000, Uint8Array.of(0xfe, 0xe7));
    machine.pc = 0x20001000;
    machine.step();
    const before = machine.cycles;
    expect(machine.run({ cycles: 500 })).toEqual({ kind: "cycles" });
    expect(machine.cycles).toBeLessThan(before + 510);
  });

  it("stops at watched memory and names the watchpoint", () => {
    const { ask, go, machine, address } = session("integer");
    const sp = machine.getRegister(13);
    const state = hex(address("random_state"));
    expect(ask(`Z2,${hex(sp - 8)},4`)).toBe("OK");
    expect(go("c")).toBe(framed(`T05thread:1;watch:${hex(sp - 8)};`));
    expect(ask(`z2,${hex(sp - 8)},4`)).toBe("OK");
    expect(ask(`Z3,${state},4`)).toBe("OK");
    expect(go("c")).toBe(framed(`T05thread:1;rwatch:${state};`));
    expect(ask(`z3,${state},4`)).toBe("OK");
    expect(ask(`Z4,${state},4`)).toBe("OK");
    expect(go("c")).toBe(framed(`T05thread:1;awatch:${state};`));
    expect(ask("Z2,20000000,0")).toBe("E28");
    expect(ask("Z9,0,0")).toBe("");
  });

  it("is interrupted in an endless loop, then detached", () => {
    const { stub, raw, ask, machine } = session();
    machine.poke(0x20001000, Uint8Array.of(0xfe, 0xe7));
    machine.pc = 0x20001000;
    stub.receive(bytes(framed("c")));
    expect(stub.run(5000)).toBe(true);
    expect(raw("\x03")).toBe(framed("T02thread:1;"));
    expect(stub.running).toBe(false);
    expect(ask("D")).toBe("OK");
    expect(stub.end).toBe("detached");
    expect(raw(framed("g"))).toBe("");
  });

  it("tells of a lock-up as a signal", () => {
    const { machine, go } = session();
    machine.poke(0x0c, Uint8Array.of(0, 0, 0, 0x70));
    machine.pc = 0x70000000;
    expect(go("c")).toBe(framed("T0bthread:1;"));
  });

  it("obeys monitor commands", () => {
    const { ask, go, machine, address } = session();
    const start = machine.pc;
    ask(`Z0,${hex(address("main"))},2`);
    go("c");
    expect(machine.pc).not.toBe(start);
    const monitor = (word: string) => ask(`qRcmd,${[...word].map((c) => hex(c.charCodeAt(0))).join("")}`);
    expect(Buffer.from(monitor("cycles"), "hex").toString()).toMatch(/^\d+ cycles, \d+ instructions\n$/);
    expect(monitor("reset")).toBe("OK");
    expect(machine.pc).toBe(start);
    expect(Buffer.from(monitor("nonsense"), "hex").toString()).toContain("monitor reset");
  });
});

describe("a peer that does not keep to the protocol", () => {
  it("is asked again after a wrong sum, and answered again after a minus", () => {
    const { raw } = session();
    expect(raw("$qC#00")).toBe("-");
    const answer = raw(framed("qC"));
    expect(raw("-")).toBe(answer.slice(1));
  });

  it("cannot crash the server, whatever it sends", () => {
    let { stub, raw } = session();
    let seed = 12345;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    const starts = ["m", "M", "X", "P", "G", "p", "Z0,", "Z2,", "z4,", "vCont;", "vFlashErase:", "vFlashWrite:"];
    starts.push("qXfer:features:read:target.xml:", "qRcmd,", "s", "c", "C", "S", "H", "qSupported", "vCont;r", "");
    const alphabet = "0123456789abcdefABC,:;#$}*-+=.\x00\x03\xff{~ zZ";
    for (let round = 0; round < 4000; round++) {
      let body = starts[random(starts.length)]!;
      for (let i = random(24); i > 0; i--) body += alphabet[random(alphabet.length)]!;
      raw(random(4) === 0 ? body : framed(body));
      if (stub.running) {
        stub.run(50);
        raw("\x03");
      }
      // The program may run to its end (or gdb's `c` may have put PC at it).
      if (stub.end !== undefined) ({ stub, raw } = session());
    }
    ({ raw } = session());
    // A packet without an end does not fill memory, and the next one is understood.
    raw(`$${"a".repeat(100_000)}#00`);
    expect(raw(framed("qC"))).toContain("QC1");
  });
});
