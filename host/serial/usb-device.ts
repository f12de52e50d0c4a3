// The part of WebUSB's USBDevice (https://wicg.github.io/webusb/) that USB protocols use: browsers have it, npm's `usb` has it, and
// emulated devices implement it. Names and shapes are WebUSB's.

export interface UsbSetup {
  readonly requestType: "standard" | "class" | "vendor";
  readonly recipient: "device" | "interface" | "endpoint" | "other";
  readonly request: number;
  readonly value: number;
  readonly index: number;
}

export interface UsbInResult {
  readonly status?: "ok" | "stall" | "babble";
  readonly data?: DataView;
}

export interface UsbOutResult {
  readonly status?: "ok" | "stall";
  readonly bytesWritten?: number;
}

export interface UsbAlternate {
  readonly alternateSetting: number;
  readonly interfaceClass: number;
  readonly interfaceSubclass: number;
  readonly interfaceProtocol: number;
  readonly interfaceName?: string | undefined;
  readonly endpoints: readonly {
    readonly endpointNumber: number;
    readonly direction: "in" | "out";
    readonly type: "bulk" | "interrupt" | "isochronous";
    readonly packetSize: number;
  }[];
}

export interface UsbDevice {
  readonly vendorId: number;
  readonly productId: number;
  readonly productName?: string | undefined;
  readonly manufacturerName?: string | undefined;
  readonly serialNumber?: string | undefined;
  readonly configuration?:
    | {
        readonly configurationValue: number;
        readonly interfaces: readonly {
          readonly interfaceNumber: number;
          readonly alternates: readonly UsbAlternate[];
        }[];
      }
    | null
    | undefined;
  open(): Promise<void>;
  close(): Promise<void>;
  selectConfiguration(value: number): Promise<void>;
  claimInterface(number: number): Promise<void>;
  releaseInterface(number: number): Promise<void>;
  selectAlternateInterface(number: number, alternate: number): Promise<void>;
  controlTransferIn(setup: UsbSetup, length: number): Promise<UsbInResult>;
  controlTransferOut(setup: UsbSetup, data?: Uint8Array<ArrayBuffer>): Promise<UsbOutResult>;
  transferIn(endpoint: number, length: number): Promise<UsbInResult>;
  transferOut(endpoint: number, data: Uint8Array<ArrayBuffer>): Promise<UsbOutResult>;
  clearHalt(direction: "in" | "out", endpoint: number): Promise<void>;
  reset(): Promise<void>;
}
