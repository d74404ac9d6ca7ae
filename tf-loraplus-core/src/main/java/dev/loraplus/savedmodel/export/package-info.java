/** What can be kept of an adapted SavedModel: its adapters, and SavedModels with them. */
package dev.loraplus.savedmodel.export;
