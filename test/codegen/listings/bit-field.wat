;; A shift and a mask are UBFX, two shifts SBFX; a shift folds into arithmetic.
(module (import "env" "memory" (memory 0))
  (func $field (param $x i32) (result i32) (i32.and (i32.shr_u (local.get $x) (i32.const 5)) (i32.const 63)))
  (func $signed (param $x i32) (result i32) (i32.shr_s (i32.shl (local.get $x) (i32.const 12)) (i32.const 20)))
  (func $folded (param $x i32) (param $y i32) (result i32) (i32.add (local.get $x) (i32.shr_s (local.get $y) (i32.const 3))))
  (func $signedByte (param $x i32) (result i32) (i32.shr_s (i32.shl (local.get $x) (i32.const 24)) (i32.const 24)))
  (func $signedHalf (param $x i32) (result i32) (i32.shr_s (i32.shl (local.get $x) (i32.const 16)) (i32.const 16)))
  (func $fourBytes (param $x i32) (result i32) (i32.xor (local.get $x) (i32.const 0x81818181)))
)
