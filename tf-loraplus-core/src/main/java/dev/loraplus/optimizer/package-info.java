/** Parameter groups and the one fenced update step of LoRA+. */
package dev.loraplus.optimizer;
