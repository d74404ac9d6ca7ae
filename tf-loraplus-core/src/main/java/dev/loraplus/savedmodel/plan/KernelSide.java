package dev.loraplus.savedmodel.plan;

/** Where the kernel stands in a product of two. */
enum KernelSide {
  /** W x. */
  LEFT,
  /** x W. */
  RIGHT
}
