/** What the results of trials say: intervals, steps to a target, slopes. */
package dev.loraplus.sweep.statistics;
