/** Fluent configuration of LoRA+ fine-tuning for Java and Kotlin. */
@org.jspecify.annotations.NullMarked
module dev.loraplus.dsl {
  requires transitive dev.loraplus.core;
  // Only the Kotlin functions need it: a Kotlin program brings it along, a Java one does without.
  requires static kotlin.stdlib;

  exports dev.loraplus.dsl;
}
