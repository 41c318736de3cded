import java.util.ArrayList;
import java.util.List;

/** What does not change while solving. */
final class Facts {
    static int[][] capacity;
    static int[] setup;
    /** First day index that lies the gap after each day; per day, for a gap of one month. */
    static int[] freeFrom;
    /** The same as a date (ordinal). */
    static int[] freeFromDate;
    static int[] gapMonths;
    static int[] quota;
    static final List<int[]> SITES = new ArrayList<>();

    private Facts() {}

    /** How many times gap and cap of a group are broken by its tasks that are done or wait. */
    static long broken(int group, List<Task> tasks) {
        int[] dates = tasks.stream().filter(Task::placed).mapToInt(t -> t.day).distinct().sorted().toArray();
        long broken = 0;
        boolean waiting = false;
        for (int n = 1; gapMonths[group] > 0 && n < dates.length; n++) {
            broken += dates[n] < freeFrom[dates[n - 1]] ? 1 : 0;
        }
        for (Task task : tasks) {
            if (task.day == Task.LATER) {
                waiting = true;
                if (gapMonths[group] > 0 && dates.length > 0 && task.laterTo < freeFromDate[dates[dates.length - 1]]) {
                    broken++;
                }
            }
        }
        int needed = dates.length + (waiting ? 1 : 0);
        return broken + (dates.length > 0 ? Math.max(0, needed - quota[group]) : 0);
    }

    /** The fewest later entries for tasks that wait: greedy by right ends. */
    static long later(List<Task> tasks) {
        List<Task> byEnd = new ArrayList<>(tasks);
        byEnd.sort((a, b) -> Integer.compare(a.laterTo, b.laterTo));
        long entries = 0;
        int last = Integer.MIN_VALUE;
        for (Task task : byEnd) {
            if (task.laterFrom > last) {
                entries++;
                last = task.laterTo;
            }
        }
        return entries;
    }
}
