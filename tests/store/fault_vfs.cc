#include "tests/store/fault_vfs.h"

#include <csignal>
#include <cstdlib>
#include <new>
#include <utility>

namespace solotrial::store {

// What SQLite takes for its file; the real one follows in the same memory.
struct FaultFile {
  sqlite3_file base;
  FaultVfs* owner;
  const char* path;  // SQLite keeps it as long as the file is open
  bool is_log;

  static FaultFile* Of(sqlite3_file* file) { return reinterpret_cast<FaultFile*>(file); }
  static sqlite3_file* Real(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(Of(file) + 1);
  }
  static int Pass(sqlite3_file* file) { return Of(file)->owner->Pass(); }
};

// The functions that SQLite calls.
struct Doors {
  static int Close(sqlite3_file* file) {
    sqlite3_file* real = FaultFile::Real(file);
    return real->pMethods == nullptr ? SQLITE_OK : real->pMethods->xClose(real);
  }
  static int Read(sqlite3_file* file, void* buffer, int size, sqlite3_int64 offset) {
    if (const int code = FaultFile::Pass(file); code != SQLITE_OK) return code;
    sqlite3_file* real = FaultFile::Real(file);
    return real->pMethods->xRead(real, buffer, size, offset);
  }
  static int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    sqlite3_file* real = FaultFile::Real(file);
    if (const int code = FaultFile::Of(file)->owner->PassAny(); code == FaultVfs::kShortWrite) {
      real->pMethods->xWrite(real, bytes, size / 2, offset);
      return SQLITE_IOERR_WRITE;
    } else if (code != SQLITE_OK) {
      return code;
    }
    return real->pMethods->xWrite(real, bytes, size, offset);
  }
  static int Truncate(sqlite3_file* file, sqlite3_int64 size) {
    if (const int code = FaultFile::Pass(file); code != SQLITE_OK) return code;
    sqlite3_file* real = FaultFile::Real(file);
    return real->pMethods->xTruncate(real, size);
  }
  static int Sync(sqlite3_file* file, int /*flags*/) {
    if (const int code = FaultFile::Pass(file); code != SQLITE_OK) return code;
    const FaultFile* fault_file = FaultFile::Of(file);
    if (fault_file->path == nullptr) return SQLITE_OK;
    // Through the handle that is there: closing a second one would end the locks of the first.
    sqlite3_file* real = FaultFile::Real(file);
    sqlite3_int64 size = 0;
    if (const int code = real->pMethods->xFileSize(real, &size); code != SQLITE_OK) return code;
    std::string bytes(static_cast<size_t>(size), '\0');
    const int code = real->pMethods->xRead(real, bytes.data(), static_cast<int>(size), 0);
    if (code != SQLITE_OK) return code;
    const std::lock_guard lock(fault_file->owner->mutex_);
    if (fault_file->is_log) ++fault_file->owner->log_syncs_;
    fault_file->owner->synced_[fault_file->path] = std::move(bytes);
    return SQLITE_OK;
  }
  static int FileSize(sqlite3_file* file, sqlite3_int64* size) {
    sqlite3_file* real = FaultFile::Real(file);
    return real->pMethods->xFileSize(real, size);
  }
  static int Lock(sqlite3_file* file, int level) {
    sqlite3_file* real = FaultFile::Real(file);
    return real->pMethods->xLock(real, level);
  }
  static int Unlock(sqlite3_file* file, int level) {
    sqlite3_file* real = FaultFile::Real(file);
    return real->pMethods->xUnlock(real, level);
  }
  static int CheckReservedLock(sqlite3_file* file, int* result) {
    sqlite3_file* real = FaultFile::Real(file);
    return real->pMethods->xCheckReservedLock(real, result);
  }
  static int FileControl(sqlite3_file* file, int operation, void* argument) {
    sqlite3_file* real = FaultFile::Real(file);
    return real->pMethods->xFileControl(real, operation, argument);
  }
  static int SectorSize(sqlite3_file* file) {
    sqlite3_file* real = FaultFile::Real(file);
    return real->pMethods->xSectorSize(real);
  }
  static int DeviceCharacteristics(sqlite3_file* file) {
    sqlite3_file* real = FaultFile::Real(file);
    return real->pMethods->xDeviceCharacteristics(real);
  }
  static int ShmMap(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
    sqlite3_file* real = FaultFile::Real(file);
    return real->pMethods->xShmMap(real, page, size, extend, memory);
  }
  static int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
    sqlite3_file* real = FaultFile::Real(file);
    return real->pMethods->xShmLock(real, offset, count, flags);
  }
  static void ShmBarrier(sqlite3_file* file) {
    sqlite3_file* real = FaultFile::Real(file);
    real->pMethods->xShmBarrier(real);
  }
  static int ShmUnmap(sqlite3_file* file, int remove) {
    sqlite3_file* real = FaultFile::Real(file);
    return real->pMethods->xShmUnmap(real, remove);
  }

  static FaultVfs* Owner(sqlite3_vfs* vfs) { return static_cast<FaultVfs*>(vfs->pAppData); }
  static int Open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
                  int* out_flags) {
    FaultVfs* owner = Owner(vfs);
    auto* fault_file = new (file) FaultFile{{nullptr}, owner, path, (flags & SQLITE_OPEN_WAL) != 0};
    const int code =
        owner->real_->xOpen(owner->real_, path, FaultFile::Real(file), flags, out_flags);
    if (code == SQLITE_OK) fault_file->base.pMethods = &owner->methods_;
    return code;
  }
  static int Delete(sqlite3_vfs* vfs, const char* path, int sync) {
    FaultVfs* owner = Owner(vfs);
    const int code = owner->real_->xDelete(owner->real_, path, sync);
    if (code == SQLITE_OK) {
      const std::lock_guard lock(owner->mutex_);
      owner->synced_.erase(path);
    }
    return code;
  }
  static int Access(sqlite3_vfs* vfs, const char* path, int flags, int* result) {
    FaultVfs* owner = Owner(vfs);
    return owner->real_->xAccess(owner->real_, path, flags, result);
  }
  static int FullPathname(sqlite3_vfs* vfs, const char* path, int size, char* full) {
    FaultVfs* owner = Owner(vfs);
    return owner->real_->xFullPathname(owner->real_, path, size, full);
  }
  static int Randomness(sqlite3_vfs* vfs, int size, char* bytes) {
    FaultVfs* owner = Owner(vfs);
    return owner->real_->xRandomness(owner->real_, size, bytes);
  }
  static int Sleep(sqlite3_vfs* /*vfs*/, int microseconds) { return microseconds; }
  static int CurrentTime(sqlite3_vfs* vfs, double* time) {
    FaultVfs* owner = Owner(vfs);
    return owner->real_->xCurrentTime(owner->real_, time);
  }
  static int GetLastError(sqlite3_vfs* vfs, int size, char* text) {
    FaultVfs* owner = Owner(vfs);
    return owner->real_->xGetLastError(owner->real_, size, text);
  }
};

FaultVfs::FaultVfs() : real_(sqlite3_vfs_find(nullptr)), vfs_{}, methods_{} {
  methods_.iVersion = 2;  // without memory-mapped pages, which no one could make fail
  methods_.xClose = Doors::Close;
  methods_.xRead = Doors::Read;
  methods_.xWrite = Doors::Write;
  methods_.xTruncate = Doors::Truncate;
  methods_.xSync = Doors::Sync;
  methods_.xFileSize = Doors::FileSize;
  methods_.xLock = Doors::Lock;
  methods_.xUnlock = Doors::Unlock;
  methods_.xCheckReservedLock = Doors::CheckReservedLock;
  methods_.xFileControl = Doors::FileControl;
  methods_.xSectorSize = Doors::SectorSize;
  methods_.xDeviceCharacteristics = Doors::DeviceCharacteristics;
  methods_.xShmMap = Doors::ShmMap;
  methods_.xShmLock = Doors::ShmLock;
  methods_.xShmBarrier = Doors::ShmBarrier;
  methods_.xShmUnmap = Doors::ShmUnmap;

  vfs_.iVersion = 1;
  vfs_.szOsFile = static_cast<int>(sizeof(FaultFile)) + real_->szOsFile;
  vfs_.mxPathname = real_->mxPathname;
  vfs_.zName = "fault";
  vfs_.pAppData = this;
  vfs_.xOpen = Doors::Open;
  vfs_.xDelete = Doors::Delete;
  vfs_.xAccess = Doors::Access;
  vfs_.xFullPathname = Doors::FullPathname;
  vfs_.xRandomness = Doors::Randomness;
  vfs_.xSleep = Doors::Sleep;
  vfs_.xCurrentTime = Doors::CurrentTime;
  vfs_.xGetLastError = Doors::GetLastError;
  sqlite3_vfs_register(&vfs_, 1);
}

FaultVfs::~FaultVfs() {
  sqlite3_vfs_unregister(&vfs_);
  sqlite3_vfs_register(real_, 1);
}

void FaultVfs::FailAfter(int64_t operations, int64_t count, int code) {
  const std::lock_guard lock(mutex_);
  until_fault_ = operations;
  faults_left_ = count;
  fault_code_ = code;
  has_failed_ = false;
}

void FaultVfs::Heal() {
  const std::lock_guard lock(mutex_);
  faults_left_ = 0;
}

bool FaultVfs::HasFailed() const {
  const std::lock_guard lock(mutex_);
  return has_failed_;
}

int64_t FaultVfs::log_syncs() const {
  const std::lock_guard lock(mutex_);
  return log_syncs_;
}

std::map<std::string, std::string> FaultVfs::SyncedFiles() const {
  const std::lock_guard lock(mutex_);
  return synced_;
}

int FaultVfs::Pass() {
  const int code = PassAny();
  return code == kShortWrite ? SQLITE_IOERR : code;
}

int FaultVfs::PassAny() {
  const std::lock_guard lock(mutex_);
  if (faults_left_ == 0) return SQLITE_OK;
  if (until_fault_ > 0) {
    --until_fault_;
    return SQLITE_OK;
  }
  --faults_left_;
  has_failed_ = true;
  if (fault_code_ == kKill && std::raise(SIGKILL) != 0) std::abort();
  return fault_code_;
}

}  // namespace solotrial::store
