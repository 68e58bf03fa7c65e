-- Nothing to undo: what was filled in is as true before the next migration as after it, and the column goes with 0031.
SELECT 1;
