/** Derivatives that TensorFlow's C++ library lacks, or that are better written by hand. */
@NullMarked
package dev.loraplus.gradient;

import org.jspecify.annotations.NullMarked;
