/**
 * Builders that make core's configuration records, with every fault of every section reported at
 * once. Java starts at {@link dev.loraplus.dsl.LoraPlus#fineTuning()}, Kotlin at {@code fineTuning
 * { }}; both end as the same {@link dev.loraplus.config.FineTuningConfig}.
 *
 * <p>An option may be set again to the same value; two different values are a fault that names
 * both. Options that take several names or numbers add up over calls. Nothing is checked before
 * {@link dev.loraplus.dsl.FineTuningBuilder#build()}.
 */
@NullMarked
package dev.loraplus.dsl;

import org.jspecify.annotations.NullMarked;
