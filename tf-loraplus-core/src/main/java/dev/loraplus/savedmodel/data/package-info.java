/** Examples for the inputs of a signature, from tables, JSON lines, TFRecords and NumPy's files. */
package dev.loraplus.savedmodel.data;
