/** {@code paper toy}: the two-layer model of Figure 2. */
@NullMarked
package dev.loraplus.samples.paper.toy;

import org.jspecify.annotations.NullMarked;
