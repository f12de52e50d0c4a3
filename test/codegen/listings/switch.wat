;; br_table is a jump table of halfwords.
(module (import "env" "memory" (memory 0))
  (func $switch (param $i i32) (result i32)
    (block $c (block $b (block $a
      (br_table $a $b $c (local.get $i)))
      (return (i32.const 10)))
      (return (i32.const 20)))
    (i32.const 30))
)
