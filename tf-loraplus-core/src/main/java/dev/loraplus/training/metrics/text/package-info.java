/** How near generated texts are to reference texts: BLEU, NIST and ROUGE-L. */
package dev.loraplus.training.metrics.text;
