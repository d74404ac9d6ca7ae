package dev.loraplus.config;

/** What XLA, TensorFlow's compiler, takes over. */
public enum Compilation {
  /** Nothing: each op has a kernel of its own. */
  NONE,
  /**
   * Chains of elementwise ops and reductions become one kernel each; matrix products keep theirs.
   * Meant for CPUs. TensorFlow decides this for a whole process when its first session starts, and
   * the first steps of each shape compile for some seconds.
   */
  ELEMENTWISE,
  /**
   * The whole step is compiled. Meant for GPUs, where the DSL and the command line choose it; the
   * first step of each shape compiles for ten seconds or more.
   */
  FULL
}
