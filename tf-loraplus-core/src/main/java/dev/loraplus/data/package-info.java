/** Examples: labelled texts and pairs of texts, in memory or from TSV, CSV and JSON lines. */
package dev.loraplus.data;
