// The stack that the profile follows: calls, returns, tail calls, longjmp, exceptions, an RTOS's switch, and bounds.

import { describe, expect, it } from "vitest";
import { CallPaths } from "../../host/profile/call-paths.ts";

const [main, f, g, handler, thread] = [0, 1, 2, 3, 4];
const names = ["main", "f", "g", "handler", "thread"];

function started() {
  const paths = new CallPaths({ nameOf: (symbol) => names[symbol]!, startOf: (symbol) => 0x1000 * symbol });
  paths.arrive(main, 0x0, 0x8000, false);
  const where = () => {
    const above: string[] = [];
    for (let node = paths.node as typeof paths.node | undefined; node?.parent; node = node.parent)
      above.unshift(node.name);
    return above.join(" > ");
  };
  return { paths, where };
}

describe("call paths", () => {
  it("follow calls and returns", () => {
    const { paths, where } = started();
    paths.call(f, 0x20, 0x8000);
    expect(where()).toBe("main > f");
    paths.call(g, 0x1010, 0x7ff0);
    expect(where()).toBe("main > f > g");
    paths.arrive(f, 0x1010, 0x7ff0, true);
    expect(where()).toBe("main > f");
    paths.arrive(main, 0x20, 0x8000, true);
    expect(where()).toBe("main");
  });

  it("let a tail call take the frame, so that its return goes to the first caller", () => {
    const { paths, where } = started();
    paths.call(f, 0x20, 0x8000);
    paths.arrive(g, 0x2000, 0x8000, false);
    expect(where()).toBe("main > g");
    expect(paths.node.calls).toBe(1);
    paths.arrive(main, 0x20, 0x8000, true);
    expect(where()).toBe("main");
  });

  it("tell recursion's returns apart by SP", () => {
    const { paths, where } = started();
    paths.call(f, 0x20, 0x8000);
    paths.call(f, 0x1008, 0x7ff0);
    paths.call(f, 0x1008, 0x7fe0);
    paths.arrive(f, 0x1008, 0x7fe0, true);
    expect(where()).toBe("main > f > f");
    paths.arrive(f, 0x1008, 0x7ff0, true);
    expect(where()).toBe("main > f");
  });

  it("drop dead frames after longjmp", () => {
    const { paths, where } = started();
    paths.call(f, 0x20, 0x8000);
    paths.call(g, 0x1010, 0x7ff0);
    paths.arrive(main, 0x66, 0x8000, true);
    expect(where()).toBe("main");
  });

  it("stay in a switch table's function", () => {
    const { paths, where } = started();
    paths.call(f, 0x20, 0x8000);
    paths.arrive(f, 0x1044, 0x7ff0, true);
    expect(where()).toBe("main > f");
  });

  it("give exceptions a root of their own and go on afterwards", () => {
    const { paths, where } = started();
    paths.call(f, 0x20, 0x8000);
    paths.enterException(15, "exception 15", 0x1004, 0x7ff0);
    paths.arrive(handler, 0x3000, 0x7fd0, false);
    expect(where()).toBe("exception 15 > handler");
    paths.leaveException();
    paths.enterException(14, "exception 14", 0x3000, 0x7fd0);
    paths.arrive(g, 0x2000, 0x7fd0, false);
    expect(where()).toBe("exception 14 > g");
    paths.leaveException();
    paths.resume(f, 0x1004, 0x7ff0);
    expect(where()).toBe("main > f");
  });

  it("switch threads as PendSV of an RTOS does", () => {
    const { paths, where } = started();
    paths.call(f, 0x20, 0x8000);
    const pendSv = (pc: number, sp: number) => {
      paths.enterException(14, "exception 14", pc, sp);
      paths.arrive(handler, 0x3000, 0x9000, false);
      paths.leaveException();
    };
    pendSv(0x1004, 0x7ff0);
    paths.resume(thread, 0x4000, 0x6000);
    expect(where()).toBe("thread");
    paths.call(g, 0x4010, 0x6000);
    pendSv(0x2004, 0x5ff0);
    paths.resume(f, 0x1004, 0x7ff0);
    expect(where()).toBe("main > f");
    pendSv(0x1008, 0x7ff0);
    paths.resume(g, 0x2004, 0x5ff0);
    expect(where()).toBe("thread > g");
  });

  it("are bounded in depth", () => {
    const { paths, where } = started();
    for (let i = 0; i < 5000; i++) paths.call(f, 0x1008, 0x8000 - 8 * i);
    expect(where().split(" > ").length).toBe(256);
  });
});
