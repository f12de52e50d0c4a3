// Descriptors of a device, read by a host that believes nothing (USB 2.0 9.6; CDC 1.2 5.2). In: the bytes of GET_DESCRIPTOR; out: what they
// say, and every rule that they break, in words.
//
//   device 18 bytes   configuration 9 ─ association 8 ─ interface 9 ─ functional … ─ endpoint 7 ─ interface 9 ─ endpoint 7 …

export interface UsbEndpoint {
  /** With the direction bit. */
  readonly address: number;
  readonly type: "control" | "isochronous" | "bulk" | "interrupt";
  readonly maximum: number;
}

export interface UsbInterface {
  readonly number: number;
  readonly kind: readonly [classCode: number, subclass: number, protocol: number];
  readonly endpoints: readonly UsbEndpoint[];
  /** Class-specific descriptors, whole. */
  readonly functional: readonly Uint8Array[];
}

export interface UsbConfiguration {
  readonly value: number;
  readonly milliamperes: number;
  readonly interfaces: readonly UsbInterface[];
}

export interface UsbDeviceFacts {
  readonly vendorId: number;
  readonly productId: number;
  readonly maximum0: number;
  /** Indices of strings, 0: none. */
  readonly strings: { readonly manufacturer: number; readonly product: number; readonly serial: number };
  readonly configurations: number;
}

/** Of endpoint 0 (9.6.1), and of bulk endpoints (5.8.3), at full speed. */
export const packetSizes: readonly number[] = [8, 16, 32, 64];

type Report = (problem: string) => void;
const word = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);

export function readDevice(bytes: Uint8Array, report: Report): UsbDeviceFacts {
  if (bytes.length !== 18 || bytes[0] !== 18 || bytes[1] !== 1)
    report(`a device descriptor of ${bytes.length} bytes that says ${bytes[0]}, type ${bytes[1]} (9.6.1)`);
  const maximum0 = bytes[7] ?? 0;
  const [classCode, subclass, protocol] = bytes.subarray(4, 7);
  const associated = classCode === 0xef && subclass === 2 && protocol === 1;
  if (!associated && classCode !== 0 && classCode !== 2)
    report(`device class ${classCode}/${subclass}/${protocol} (IAD ECN)`);
  return {
    ...{ vendorId: word(bytes, 8), productId: word(bytes, 10), maximum0, configurations: bytes[17] ?? 0 },
    strings: { manufacturer: bytes[14] ?? 0, product: bytes[15] ?? 0, serial: bytes[16] ?? 0 },
  };
}

export function readConfiguration(bytes: Uint8Array, report: Report): UsbConfiguration {
  const interfaces: { -readonly [K in keyof UsbInterface]: UsbInterface[K] }[] = [];
  if (bytes[0] !== 9 || bytes[1] !== 2 || word(bytes, 2) !== bytes.length)
    report(`a configuration of ${bytes.length} bytes that says ${word(bytes, 2)} (9.6.3)`);
  const attributes = bytes[7] ?? 0;
  if ((attributes & 0x9f) !== 0x80) report(`bmAttributes ${attributes.toString(16)} (9.6.3: bit 7 one, 4 to 0 zero)`);
  let announced = 0;
  for (let at = bytes[0] ?? 0; at < bytes.length; ) {
    const length = bytes[at]!;
    const descriptor = bytes.subarray(at, at + length);
    if (length < 2 || at + length > bytes.length) {
      report(`a descriptor of ${length} bytes, ${bytes.length - at} are left (9.5)`);
      break;
    }
    const last = interfaces.at(-1);
    if (descriptor[1] === 4) {
      if (last && last.endpoints.length !== announced)
        report(`interface ${last.number}: ${last.endpoints.length} endpoints, bNumEndpoints ${announced}`);
      announced = descriptor[4]!;
      if (descriptor[2] !== interfaces.length) report(`interface ${descriptor[2]} is number ${interfaces.length}`);
      const kind = [descriptor[5]!, descriptor[6]!, descriptor[7]!] as const;
      interfaces.push({ number: descriptor[2]!, kind, endpoints: [], functional: [] });
    } else if (descriptor[1] === 5 && last) last.endpoints = [...last.endpoints, readEndpoint(descriptor, report)];
    else if (descriptor[1] === 0x24 && last) last.functional = [...last.functional, descriptor];
    else if (descriptor[1] !== 11) report(`a descriptor of type ${descriptor[1]} here`);
    at += length;
  }
  const last = interfaces.at(-1);
  if (last && last.endpoints.length !== announced)
    report(`interface ${last.number}: ${last.endpoints.length} endpoints, bNumEndpoints ${announced}`);
  if (interfaces.length !== bytes[4]) report(`${interfaces.length} interfaces, bNumInterfaces ${bytes[4]}`);
  const addresses = interfaces.flatMap(({ endpoints }) => endpoints.map(({ address }) => address));
  if (new Set(addresses).size !== addresses.length) report("two endpoints have one address (9.6.6)");
  return { value: bytes[5] ?? 0, milliamperes: 2 * (bytes[8] ?? 0), interfaces };
}

const types = ["control", "isochronous", "bulk", "interrupt"] as const;

function readEndpoint(bytes: Uint8Array, report: Report): UsbEndpoint {
  const address = bytes[2] ?? 0;
  const type = types[(bytes[3] ?? 0) & 3]!;
  const maximum = word(bytes, 4);
  if (bytes.length !== 7 || (address & 0x70) !== 0 || (address & 15) === 0) report(`endpoint ${address} (9.6.6)`);
  // 5.8.3, 5.7.3: full speed
  if (type === "bulk" ? !packetSizes.includes(maximum) : maximum > 64)
    report(`endpoint ${address.toString(16)}: ${type} packets of ${maximum}`);
  if (type === "interrupt" && bytes[6] === 0) report(`endpoint ${address.toString(16)}: bInterval 0`);
  return { address, type, maximum };
}

/** A string descriptor (9.6.7). */
export function readString(bytes: Uint8Array, report: Report): string {
  if (bytes[0] !== bytes.length || bytes[1] !== 3 || bytes.length % 2 !== 0)
    report(`a string descriptor of ${bytes.length} bytes that says ${bytes[0]}, type ${bytes[1]} (9.6.7)`);
  const units = Array.from({ length: Math.max(0, (bytes.length - 2) >> 1) }, (_, i) => word(bytes, 2 + 2 * i));
  return String.fromCharCode(...units);
}

/** The two interfaces of a serial port, and whether they say so as CDC wants. */
export function serialInterfaces(configuration: UsbConfiguration, report: Report) {
  const control = configuration.interfaces.find(({ kind }) => kind[0] === 2 && kind[1] === 2);
  const data = configuration.interfaces.find(({ kind }) => kind[0] === 10);
  if (!control || !data) {
    report("no abstract control model here (CDC 1.2 4.2, 4.5)");
    return undefined;
  }
  const union = control.functional.find(([, , subtype]) => subtype === 6);
  if (!union || union[3] !== control.number || union[4] !== data.number)
    report("the union descriptor does not name both interfaces (CDC 1.2 5.2.3.2)");
  if (!control.functional.some(([length, , subtype]) => subtype === 0 && length === 5))
    report("no header functional descriptor (CDC 1.2 5.2.3.1)");
  const acm = control.functional.find(([, , subtype]) => subtype === 2);
  if (!acm || ((acm[3] ?? 0) & 2) === 0) report("line coding is not announced (PSTN 1.2 5.3.2)");
  const bulk = (bit: number) =>
    data.endpoints.find(({ type, address }) => type === "bulk" && (address & 0x80) === bit)?.address;
  const [into, from] = [bulk(0x80), bulk(0)];
  if (into === undefined || from === undefined) {
    report("the data interface lacks a bulk endpoint");
    return undefined;
  }
  return { control: control.number, in: into & 15, out: from };
}
