/**
 * What the user chose: immutable records, valid by construction. Every fault of a record is
 * reported at once, by name, rule and value, as a {@link
 * dev.loraplus.config.ConfigurationException}.
 */
package dev.loraplus.config;
