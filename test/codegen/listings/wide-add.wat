;; i64 addition and comparison: carries through ADC and SBC on word pairs.
(module (import "env" "memory" (memory 0))
  (func $sum (param $a i64) (param $b i64) (result i64) (i64.add (local.get $a) (local.get $b)))
  (func $less (param $a i64) (param $b i64) (result i32) (i64.lt_s (local.get $a) (local.get $b)))
)
