package solotrial

/** Keeps nothing when the program ends: for the tests of an app. */
public class MemoryStore : OutboxStore {
    private class Contents(
        val entries: LinkedHashMap<String, StoredEntry> = LinkedHashMap(),
        val trials: HashMap<String, StoredTrial> = HashMap(),
        val notices: MutableList<Pair<String, String>> = mutableListOf(),
    ) {
        fun copy() = Contents(LinkedHashMap(entries), HashMap(trials), notices.toMutableList())
    }

    private var contents = Contents()

    override fun <T> transaction(block: (StoreTransaction) -> T): T = synchronized(this) {
        val changed = contents.copy()
        val result = block(Within(changed))
        contents = changed
        result
    }

    override fun close() {}

    private class Within(private val contents: Contents) : StoreTransaction {
        override fun entry(id: String) = contents.entries[id]

        override fun entries(trial: String, state: EntryState?, date: String?) = contents.entries.values.filter {
            it.trial == trial && (state == null || it.state == state) && (date == null || it.date == date)
        }

        override fun refused(trial: String) = entries(trial, null, null).filter { it.rejection != null }

        override fun put(entry: StoredEntry) {
            contents.entries[entry.id] = entry
        }

        override fun remove(id: String) {
            contents.entries.remove(id)
        }

        override fun sendAgain(trial: String, unlessOfEpoch: String) =
            entries(trial, EntryState.STORED, null)
                .filter { it.epoch != unlessOfEpoch }
                .forEach { put(it.with(EntryState.PENDING, rejection = it.rejection)) }

        override fun trial(name: String) = contents.trials[name]

        override fun put(trial: StoredTrial) {
            contents.trials[trial.name] = trial
        }

        override fun trials() = (contents.trials.keys + contents.entries.values.map { it.trial }).sorted()

        override fun addNotice(trial: String, text: String) {
            contents.notices += trial to text
        }

        override fun takeNotices(trial: String): List<String> {
            val (taken, left) = contents.notices.partition { it.first == trial }
            contents.notices.clear()
            contents.notices += left
            return taken.map { it.second }
        }

        override fun forget(trial: String) {
            contents.entries.values.removeAll { it.trial == trial }
            contents.trials.remove(trial)
            contents.notices.removeAll { it.first == trial }
        }
    }
}
