export class Translator {
  static ifAllowed(_p: unknown): Translator | undefined {
    return undefined;
  }
  drop() {}
  enter(_pc: number): undefined | { address: number; it: number; previous: any; paired: boolean } {
    return undefined;
  }
}
