/** Labelled texts in artifacts of Maven Central, read where they are. */
@NullMarked
package dev.loraplus.samples.corpus;

import org.jspecify.annotations.NullMarked;
