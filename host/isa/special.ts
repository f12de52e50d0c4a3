// Names that numbers have in MRS, MSR and barriers, as objdump prints them (DDI 0403E B5.1.1 SYSm, A7.7.33 options).

export const specialNames: Readonly<Record<number, string>> = {
  0: "CPSR",
  1: "IAPSR",
  2: "EAPSR",
  3: "PSR",
  5: "IPSR",
  6: "EPSR",
  7: "IEPSR",
  8: "MSP",
  9: "PSP",
  10: "MSPLIM",
  11: "PSPLIM",
  16: "PRIMASK",
  17: "BASEPRI",
  18: "BASEPRI_MAX",
  19: "FAULTMASK",
  20: "CONTROL",
  136: "MSP_NS",
  137: "PSP_NS",
};

/** MSR to the APSR: which parts. */
export const maskNames: Readonly<Record<number, string>> = { 0: "", 1: "CPSR_s", 2: "CPSR_f", 3: "CPSR_fs" };

export const barrierNames: Readonly<Record<number, string>> = {
  1: "oshld",
  2: "oshst",
  3: "osh",
  5: "nshld",
  6: "unst",
  7: "un",
  9: "ishld",
  10: "ishst",
  11: "ish",
  13: "ld",
  14: "st",
  15: "sy",
};
