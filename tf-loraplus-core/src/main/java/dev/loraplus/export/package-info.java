/** Adapters in peft's layout and merged weights. */
package dev.loraplus.export;
