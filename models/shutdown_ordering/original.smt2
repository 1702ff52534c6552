; The minimal model with the ordering original, for every size: a dispatcher writes a response of N
; bytes into a kernel's buffer of K bytes and shuts down, a reader takes at most R bytes in one
; read.
;
; Any solver for linear integer arithmetic can be asked: `z3 FILE`, `cvc5 --incremental FILE`. It
; prints each obligation and its answer. `unsat`: nothing contradicts it, it is proved. `sat` is the
; right answer to the premises only: what the others assume is possible.
;
; Generated from the encoding in tests/second_opinion, which stateright explores as well, and
; compared by `cargo test --package lastbyte-models --test second_opinion`.

(set-logic QF_LIA)
(define-fun Mode.Called () Int 0)
(define-fun Mode.Polled () Int 1)
(define-fun Mode.Waiting () Int 2)
(define-fun Mode.Ended () Int 3)
(define-fun Next.Request () Int 0)
(define-fun Next.Write () Int 1)
(define-fun Next.Shutdown () Int 2)
(define-fun Failure.None () Int 0)
(define-fun Failure.ConnectionReset () Int 1)
(define-fun Failure.NotConnected () Int 2)
(define-fun ReaderAt.Reading () Int 0)
(define-fun ReaderAt.Eof () Int 1)
(define-fun ReaderAt.Stopped () Int 2)
(define-fun ReaderAt.Reset () Int 3)

; ==== a reader that reads to the end ============================================================
(push 1)

; Sizes: any.

; N: bytes of the response.
(declare-const N Int)
(assert (<= 1 N))

; K: capacity of the kernel's buffer.
(declare-const K Int)
(assert (<= 1 K))

; R: bytes that the reader takes at most in one read.
(declare-const R Int)
(assert (<= 1 R))

; A state: any.
(declare-const dispatcher.mode Int)
(assert (and (<= 0 dispatcher.mode) (<= dispatcher.mode 3)))
(declare-const dispatcher.owed Bool)
(declare-const dispatcher.fresh Bool)
(declare-const next Int)
(assert (and (<= 0 next) (<= next 2)))
(declare-const inside Int)
(declare-const failed Int)
(assert (and (<= 0 failed) (<= failed 2)))
(declare-const kernel Int)
(declare-const accepted Int)
(declare-const shut Bool)
(declare-const was-reset Bool)
(declare-const wants-room Bool)
(declare-const wants-bytes Bool)
(declare-const reader.mode Int)
(assert (and (<= 0 reader.mode) (<= reader.mode 3)))
(declare-const reader.owed Bool)
(declare-const reader.fresh Bool)
(declare-const reader-at Int)
(assert (and (<= 0 reader-at) (<= reader-at 3)))
(declare-const received Int)
(define-fun reader-can-move () Bool (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled)))
(define-fun dispatcher-can-move () Bool
  (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled)))
(define-fun at-the-end () Bool
  (and (not (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled)))
    (not (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled)))))

; The invariant.

; No number is negative.
(define-fun natural () Bool (and (<= 0 inside) (<= 0 kernel) (<= 0 accepted) (<= 0 received)))

; The kernel holds no more than its capacity.
(define-fun kernel-fits () Bool (<= kernel K))

; What was accepted has been received or is in the kernel, unless a reset has discarded it.
(define-fun nothing-made-up () Bool (ite was-reset (= kernel 0) (= accepted (+ received kernel))))

; What was not accepted is inside, once there is a response.
(define-fun nothing-forgotten () Bool
  (ite (= next Next.Request) (and (= inside 0) (= accepted 0)) (= (+ accepted inside) N)))

; The dispatcher has ended when it has either shut down or failed.
(define-fun ended-is-shut-or-failed () Bool
  (and (= (or shut (not (= failed Failure.None))) (= dispatcher.mode Mode.Ended))
    (not (and shut (not (= failed Failure.None))))))

; The dispatcher fails only when the reader has reset.
(define-fun fails-by-reset () Bool (=> (not (= failed Failure.None)) was-reset))

; After the shutdown there is no other call.
(define-fun shutdown-comes-last () Bool (=> shut (= next Next.Shutdown)))

; A reader that waits is registered for bytes.
(define-fun reader-waits-registered () Bool (=> (= reader.mode Mode.Waiting) wants-bytes))

; Who is registered for bytes finds none, and no end of the stream.
(define-fun wants-bytes-has-reason () Bool (=> wants-bytes (and (= kernel 0) (not shut))))

; The reader has ended when it no longer reads.
(define-fun reader-ends-for-a-reason () Bool
  (= (= reader-at ReaderAt.Reading) (not (= reader.mode Mode.Ended))))

; The end of the stream comes after the shutdown and the kernel's last byte.
(define-fun eof-behind-last-byte () Bool (=> (= reader-at ReaderAt.Eof) (and shut (= kernel 0))))

; The connection is reset when a reader that resets has done so.
(define-fun reset-by-reader () Bool
  (and (= was-reset (= reader-at ReaderAt.Reset)) (not was-reset)))

; A reader has stopped only after its last byte.
(define-fun stops-at-limit () Bool (not (= reader-at ReaderAt.Stopped)))

; A write is next only while something is inside.
(define-fun writes-what-is-inside () Bool (=> (= next Next.Write) (not (= inside 0))))

; The dispatcher does not wait: it shuts down instead.
(define-fun never-waits () Bool (not (= dispatcher.mode Mode.Waiting)))

; A response that fits the kernel's buffer is accepted whole.
(define-fun all-at-once-if-it-fits () Bool
  (=> (<= N K)
    (and (=> (= next Next.Write) (= accepted 0)) (=> (= next Next.Shutdown) (= inside 0)))))
(define-fun invariant () Bool
  (and natural
    kernel-fits
    nothing-made-up
    nothing-forgotten
    ended-is-shut-or-failed
    fails-by-reset
    shutdown-comes-last
    reader-waits-registered
    wants-bytes-has-reason
    reader-ends-for-a-reason
    eof-behind-last-byte
    reset-by-reader
    stops-at-limit
    writes-what-is-inside
    never-waits
    all-at-once-if-it-fits))

; What becomes of the state when the reader makes its next step; all else stays as it is.
(define-fun after-reader.dispatcher.mode () Int
  (ite (= kernel 0)
    dispatcher.mode
    (ite wants-room
      (ite (= dispatcher.mode Mode.Called)
        dispatcher.mode
        (ite (= dispatcher.mode Mode.Polled)
          dispatcher.mode
          (ite (= dispatcher.mode Mode.Waiting) Mode.Called dispatcher.mode)))
      dispatcher.mode)))
(define-fun after-reader.dispatcher.owed () Bool
  (ite (= kernel 0)
    dispatcher.owed
    (ite wants-room
      (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled) dispatcher.owed)
      dispatcher.owed)))
(define-fun after-reader.kernel () Int
  (ite (= kernel 0) kernel (ite (<= kernel R) (- kernel kernel) (- kernel R))))
(define-fun after-reader.wants-room () Bool (and (= kernel 0) wants-room))
(define-fun after-reader.wants-bytes () Bool
  (ite (= kernel 0) (or (not shut) wants-bytes) wants-bytes))
(define-fun after-reader.reader.mode () Int
  (ite (or (= reader.mode Mode.Called) reader.fresh)
    (ite (= kernel 0) (ite shut Mode.Ended Mode.Waiting) Mode.Polled)
    (ite (= kernel 0) (ite shut Mode.Ended (ite reader.owed Mode.Polled Mode.Waiting)) reader.mode)))
(define-fun after-reader.reader.owed () Bool
  (and (not (or (= reader.mode Mode.Called) reader.fresh))
    (ite (= kernel 0) (and (not shut) reader.owed) reader.owed)))
(define-fun after-reader.reader.fresh () Bool
  (ite (or (= reader.mode Mode.Called) reader.fresh)
    (and (= kernel 0) (not shut))
    (ite (= kernel 0) (not shut) reader.fresh)))
(define-fun after-reader.reader-at () Int
  (ite (= kernel 0) (ite shut ReaderAt.Eof reader-at) reader-at))
(define-fun after-reader.received () Int
  (ite (= kernel 0) received (ite (<= kernel R) (+ received kernel) (+ received R))))

; What becomes of the state when the dispatcher makes its next step; all else stays as it is.
(define-fun after-dispatcher.dispatcher.mode () Int
  (ite (or (= dispatcher.mode Mode.Called) dispatcher.fresh)
    (ite (= next Next.Request)
      (ite was-reset Mode.Ended Mode.Polled)
      (ite (= next Next.Write) (ite was-reset Mode.Ended Mode.Polled) Mode.Ended))
    (ite (= next Next.Request)
      (ite was-reset Mode.Ended dispatcher.mode)
      (ite (= next Next.Write) (ite was-reset Mode.Ended dispatcher.mode) Mode.Ended))))
(define-fun after-dispatcher.dispatcher.owed () Bool
  (and (not (or (= dispatcher.mode Mode.Called) dispatcher.fresh))
    (ite (= next Next.Request)
      (and (not was-reset) dispatcher.owed)
      (and (= next Next.Write) (not was-reset) dispatcher.owed))))
(define-fun after-dispatcher.dispatcher.fresh () Bool
  (and (not (or (= dispatcher.mode Mode.Called) dispatcher.fresh))
    (ite (= next Next.Request)
      (and (not was-reset) dispatcher.fresh)
      (and (= next Next.Write) (not was-reset) dispatcher.fresh))))
(define-fun after-dispatcher.next () Int
  (ite (= next Next.Request)
    (ite was-reset next Next.Write)
    (ite (= next Next.Write)
      (ite was-reset
        next
        (ite (<= (- K kernel) inside)
          (ite (= (- K kernel) 0)
            Next.Shutdown
            (ite (= (- inside (- K kernel)) 0) Next.Shutdown next))
          (ite (= inside 0) Next.Shutdown (ite (= (- inside inside) 0) Next.Shutdown next))))
      next)))
(define-fun after-dispatcher.inside () Int
  (ite (= next Next.Request)
    (ite was-reset inside N)
    (ite (= next Next.Write)
      (ite was-reset
        inside
        (ite (<= (- K kernel) inside)
          (ite (= (- K kernel) 0) inside (- inside (- K kernel)))
          (ite (= inside 0) inside (- inside inside))))
      inside)))
(define-fun after-dispatcher.failed () Int
  (ite (= next Next.Request)
    (ite was-reset Failure.ConnectionReset failed)
    (ite (= next Next.Write)
      (ite was-reset Failure.ConnectionReset failed)
      (ite was-reset Failure.NotConnected failed))))
(define-fun after-dispatcher.kernel () Int
  (ite (= next Next.Request)
    kernel
    (ite (= next Next.Write)
      (ite was-reset
        kernel
        (ite (<= (- K kernel) inside)
          (ite (= (- K kernel) 0) kernel (+ kernel (- K kernel)))
          (ite (= inside 0) kernel (+ kernel inside))))
      kernel)))
(define-fun after-dispatcher.accepted () Int
  (ite (= next Next.Request)
    accepted
    (ite (= next Next.Write)
      (ite was-reset
        accepted
        (ite (<= (- K kernel) inside)
          (ite (= (- K kernel) 0) accepted (+ accepted (- K kernel)))
          (ite (= inside 0) accepted (+ accepted inside))))
      accepted)))
(define-fun after-dispatcher.shut () Bool
  (ite (= next Next.Request) shut (ite (= next Next.Write) shut (or (not was-reset) shut))))
(define-fun after-dispatcher.wants-room () Bool
  (ite (= next Next.Request)
    wants-room
    (ite (= next Next.Write)
      (ite was-reset wants-room (ite (<= (- K kernel) inside) (= (- K kernel) 0) (= inside 0)))
      wants-room)))
(define-fun after-dispatcher.wants-bytes () Bool
  (ite (= next Next.Request)
    wants-bytes
    (ite (= next Next.Write)
      (ite was-reset
        wants-bytes
        (ite (<= (- K kernel) inside)
          (and (= (- K kernel) 0) wants-bytes)
          (and (= inside 0) wants-bytes)))
      (and was-reset wants-bytes))))
(define-fun after-dispatcher.reader.mode () Int
  (ite (= next Next.Request)
    reader.mode
    (ite (= next Next.Write)
      (ite was-reset
        reader.mode
        (ite (<= (- K kernel) inside)
          (ite (= (- K kernel) 0)
            reader.mode
            (ite wants-bytes
              (ite (= reader.mode Mode.Called)
                reader.mode
                (ite (= reader.mode Mode.Polled)
                  reader.mode
                  (ite (= reader.mode Mode.Waiting) Mode.Called reader.mode)))
              reader.mode))
          (ite (= inside 0)
            reader.mode
            (ite wants-bytes
              (ite (= reader.mode Mode.Called)
                reader.mode
                (ite (= reader.mode Mode.Polled)
                  reader.mode
                  (ite (= reader.mode Mode.Waiting) Mode.Called reader.mode)))
              reader.mode))))
      (ite was-reset
        reader.mode
        (ite wants-bytes
          (ite (= reader.mode Mode.Called)
            reader.mode
            (ite (= reader.mode Mode.Polled)
              reader.mode
              (ite (= reader.mode Mode.Waiting) Mode.Called reader.mode)))
          reader.mode)))))
(define-fun after-dispatcher.reader.owed () Bool
  (ite (= next Next.Request)
    reader.owed
    (ite (= next Next.Write)
      (ite was-reset
        reader.owed
        (ite (<= (- K kernel) inside)
          (ite (= (- K kernel) 0)
            reader.owed
            (ite wants-bytes
              (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled) reader.owed)
              reader.owed))
          (ite (= inside 0)
            reader.owed
            (ite wants-bytes
              (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled) reader.owed)
              reader.owed))))
      (ite was-reset
        reader.owed
        (ite wants-bytes
          (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled) reader.owed)
          reader.owed)))))

; The first state.
(define-fun start.dispatcher.mode () Int Mode.Called)
(define-fun start.dispatcher.owed () Bool false)
(define-fun start.dispatcher.fresh () Bool true)
(define-fun start.next () Int Next.Write)
(define-fun start.inside () Int N)
(define-fun start.failed () Int Failure.None)
(define-fun start.kernel () Int 0)
(define-fun start.accepted () Int 0)
(define-fun start.shut () Bool false)
(define-fun start.was-reset () Bool false)
(define-fun start.wants-room () Bool false)
(define-fun start.wants-bytes () Bool false)
(define-fun start.reader.mode () Int Mode.Polled)
(define-fun start.reader.owed () Bool false)
(define-fun start.reader.fresh () Bool true)
(define-fun start.reader-at () Int ReaderAt.Reading)
(define-fun start.received () Int 0)

; ---- start: The first state satisfies the invariant.

(echo "start: natural")
(push 1)
(assert (not (and (<= 0 start.inside)
                (<= 0 start.kernel)
                (<= 0 start.accepted)
                (<= 0 start.received))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: kernel-fits")
(push 1)
(assert (not (<= start.kernel K)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: nothing-made-up")
(push 1)
(assert (not (ite start.was-reset
                (= start.kernel 0)
                (= start.accepted (+ start.received start.kernel)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: nothing-forgotten")
(push 1)
(assert (not (ite (= start.next Next.Request)
                (and (= start.inside 0) (= start.accepted 0))
                (= (+ start.accepted start.inside) N))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: ended-is-shut-or-failed")
(push 1)
(assert (not (and (= (or start.shut (not (= start.failed Failure.None)))
                     (= start.dispatcher.mode Mode.Ended))
                (not (and start.shut (not (= start.failed Failure.None)))))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: fails-by-reset")
(push 1)
(assert (not (=> (not (= start.failed Failure.None)) start.was-reset)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: shutdown-comes-last")
(push 1)
(assert (not (=> start.shut (= start.next Next.Shutdown))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: reader-waits-registered")
(push 1)
(assert (not (=> (= start.reader.mode Mode.Waiting) start.wants-bytes)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: wants-bytes-has-reason")
(push 1)
(assert (not (=> start.wants-bytes (and (= start.kernel 0) (not start.shut)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: reader-ends-for-a-reason")
(push 1)
(assert (not (= (= start.reader-at ReaderAt.Reading) (not (= start.reader.mode Mode.Ended)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: eof-behind-last-byte")
(push 1)
(assert (not (=> (= start.reader-at ReaderAt.Eof) (and start.shut (= start.kernel 0)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: reset-by-reader")
(push 1)
(assert (not (and (= start.was-reset (= start.reader-at ReaderAt.Reset)) (not start.was-reset))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: stops-at-limit")
(push 1)
(assert (= start.reader-at ReaderAt.Stopped))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: writes-what-is-inside")
(push 1)
(assert (not (=> (= start.next Next.Write) (not (= start.inside 0)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: never-waits")
(push 1)
(assert (= start.dispatcher.mode Mode.Waiting))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: all-at-once-if-it-fits")
(push 1)
(assert (not (=> (<= N K)
                (and (=> (= start.next Next.Write) (= start.accepted 0))
                  (=> (= start.next Next.Shutdown) (= start.inside 0))))))
(set-info :status unsat)
(check-sat)
(pop 1)

; ---- step: Every step keeps the invariant.

(echo "step: reader: natural")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (and (<= 0 inside)
                (<= 0 after-reader.kernel)
                (<= 0 accepted)
                (<= 0 after-reader.received))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: kernel-fits")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (<= after-reader.kernel K)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: nothing-made-up")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (ite was-reset
                (= after-reader.kernel 0)
                (= accepted (+ after-reader.received after-reader.kernel)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: nothing-forgotten")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (ite (= next Next.Request)
                (and (= inside 0) (= accepted 0))
                (= (+ accepted inside) N))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: ended-is-shut-or-failed")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (and (= (or shut (not (= failed Failure.None)))
                     (= after-reader.dispatcher.mode Mode.Ended))
                (not (and shut (not (= failed Failure.None)))))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: fails-by-reset")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> (not (= failed Failure.None)) was-reset)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: shutdown-comes-last")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> shut (= next Next.Shutdown))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: reader-waits-registered")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> (= after-reader.reader.mode Mode.Waiting) after-reader.wants-bytes)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: wants-bytes-has-reason")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> after-reader.wants-bytes (and (= after-reader.kernel 0) (not shut)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: reader-ends-for-a-reason")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (= (= after-reader.reader-at ReaderAt.Reading)
                (not (= after-reader.reader.mode Mode.Ended)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: eof-behind-last-byte")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> (= after-reader.reader-at ReaderAt.Eof) (and shut (= after-reader.kernel 0)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: reset-by-reader")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (and (= was-reset (= after-reader.reader-at ReaderAt.Reset)) (not was-reset))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: stops-at-limit")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (= after-reader.reader-at ReaderAt.Stopped))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: writes-what-is-inside")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> (= next Next.Write) (not (= inside 0)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: never-waits")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (= after-reader.dispatcher.mode Mode.Waiting))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: all-at-once-if-it-fits")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> (<= N K)
                (and (=> (= next Next.Write) (= accepted 0))
                  (=> (= next Next.Shutdown) (= inside 0))))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: natural")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (and (<= 0 after-dispatcher.inside)
                (<= 0 after-dispatcher.kernel)
                (<= 0 after-dispatcher.accepted)
                (<= 0 received))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: kernel-fits")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (<= after-dispatcher.kernel K)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: nothing-made-up")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (ite was-reset
                (= after-dispatcher.kernel 0)
                (= after-dispatcher.accepted (+ received after-dispatcher.kernel)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: nothing-forgotten")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (ite (= after-dispatcher.next Next.Request)
                (and (= after-dispatcher.inside 0) (= after-dispatcher.accepted 0))
                (= (+ after-dispatcher.accepted after-dispatcher.inside) N))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: ended-is-shut-or-failed")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (and (= (or after-dispatcher.shut (not (= after-dispatcher.failed Failure.None)))
                     (= after-dispatcher.dispatcher.mode Mode.Ended))
                (not (and after-dispatcher.shut (not (= after-dispatcher.failed Failure.None)))))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: fails-by-reset")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> (not (= after-dispatcher.failed Failure.None)) was-reset)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: shutdown-comes-last")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> after-dispatcher.shut (= after-dispatcher.next Next.Shutdown))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: reader-waits-registered")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> (= after-dispatcher.reader.mode Mode.Waiting) after-dispatcher.wants-bytes)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: wants-bytes-has-reason")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> after-dispatcher.wants-bytes
                (and (= after-dispatcher.kernel 0) (not after-dispatcher.shut)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: reader-ends-for-a-reason")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (= (= reader-at ReaderAt.Reading) (not (= after-dispatcher.reader.mode Mode.Ended)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: eof-behind-last-byte")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> (= reader-at ReaderAt.Eof)
                (and after-dispatcher.shut (= after-dispatcher.kernel 0)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: reset-by-reader")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (and (= was-reset (= reader-at ReaderAt.Reset)) (not was-reset))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: stops-at-limit")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (= reader-at ReaderAt.Stopped))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: writes-what-is-inside")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> (= after-dispatcher.next Next.Write) (not (= after-dispatcher.inside 0)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: never-waits")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (= after-dispatcher.dispatcher.mode Mode.Waiting))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: all-at-once-if-it-fits")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> (<= N K)
                (and (=> (= after-dispatcher.next Next.Write) (= after-dispatcher.accepted 0))
                  (=> (= after-dispatcher.next Next.Shutdown) (= after-dispatcher.inside 0))))))
(set-info :status unsat)
(check-sat)
(pop 1)

; Nothing is left inside when the dispatcher has shut down.

; ---- properties: The properties follow from the invariant.

(echo "properties: nothing-buffered-at-shutdown")
(push 1)
(assert invariant)
(assert (not (=> (and (<= N K) shut) (= inside 0))))
(set-info :status unsat)
(check-sat)
(pop 1)

; After the shutdown the dispatcher makes no call.

(echo "properties: one-shutdown")
(push 1)
(assert invariant)
(assert (not (=> shut (not (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled))))))
(set-info :status unsat)
(check-sat)
(pop 1)

; At the end of the stream, and at the end, everything has been received.

(echo "properties: nothing-truncated")
(push 1)
(assert invariant)
(assert (not (=> (and (<= N K)
                    (or (and (not (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled)))
                          (not (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled))))
                      (= reader-at ReaderAt.Eof)))
                (= received N))))
(set-info :status unsat)
(check-sat)
(pop 1)

; When the dispatcher ends with Ok, everything has been received at the end.

(echo "properties: no-silent-loss")
(push 1)
(assert invariant)
(assert (not (=> (and (<= N K)
                    (not (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled)))
                    (not (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled)))
                    shut)
                (= received N))))
(set-info :status unsat)
(check-sat)
(pop 1)

; What was accepted has been received at the end.

(echo "properties: accepted-arrives")
(push 1)
(assert invariant)
(assert (not (=> (and (not (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled)))
                    (not (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled))))
                (= accepted received))))
(set-info :status unsat)
(check-sat)
(pop 1)

; At the end the dispatcher has shut down and the reader has seen it.

(echo "properties: no-stall")
(push 1)
(assert invariant)
(assert (not (=> (and (not (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled)))
                    (not (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled))))
                (and shut (= reader-at ReaderAt.Eof)))))
(set-info :status unsat)
(check-sat)
(pop 1)

; The measure: two numbers. A step makes the first one smaller, or keeps it and makes the second one
; smaller.
(define-fun bytes-to-go () Int
  (+ (ite (= next Next.Request) N inside)
    (ite (= next Next.Request) N inside)
    kernel
    (ite (not (= dispatcher.mode Mode.Ended)) 1 0)
    (ite (= reader-at ReaderAt.Reading) 1 0)
    (ite (not (= next Next.Shutdown)) 1 0)
    (ite (= next Next.Request) 1 0)))
(define-fun calls-to-go () Int
  (+ (ite (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled)) 1 0)
    (ite (and (= dispatcher.mode Mode.Polled) dispatcher.owed (not dispatcher.fresh)) 1 0)
    (ite (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled)) 1 0)
    (ite (and (= reader.mode Mode.Polled) reader.owed (not reader.fresh)) 1 0)))
(define-fun after-reader.bytes-to-go () Int
  (+ (ite (= next Next.Request) N inside)
    (ite (= next Next.Request) N inside)
    after-reader.kernel
    (ite (not (= after-reader.dispatcher.mode Mode.Ended)) 1 0)
    (ite (= after-reader.reader-at ReaderAt.Reading) 1 0)
    (ite (not (= next Next.Shutdown)) 1 0)
    (ite (= next Next.Request) 1 0)))
(define-fun after-reader.calls-to-go () Int
  (+ (ite (or (= after-reader.dispatcher.mode Mode.Called)
            (= after-reader.dispatcher.mode Mode.Polled))
       1
       0)
    (ite (and (= after-reader.dispatcher.mode Mode.Polled)
           after-reader.dispatcher.owed
           (not dispatcher.fresh))
      1
      0)
    (ite (or (= after-reader.reader.mode Mode.Called) (= after-reader.reader.mode Mode.Polled)) 1 0)
    (ite (and (= after-reader.reader.mode Mode.Polled)
           after-reader.reader.owed
           (not after-reader.reader.fresh))
      1
      0)))
(define-fun after-dispatcher.bytes-to-go () Int
  (+ (ite (= after-dispatcher.next Next.Request) N after-dispatcher.inside)
    (ite (= after-dispatcher.next Next.Request) N after-dispatcher.inside)
    after-dispatcher.kernel
    (ite (not (= after-dispatcher.dispatcher.mode Mode.Ended)) 1 0)
    (ite (= reader-at ReaderAt.Reading) 1 0)
    (ite (not (= after-dispatcher.next Next.Shutdown)) 1 0)
    (ite (= after-dispatcher.next Next.Request) 1 0)))
(define-fun after-dispatcher.calls-to-go () Int
  (+ (ite (or (= after-dispatcher.dispatcher.mode Mode.Called)
            (= after-dispatcher.dispatcher.mode Mode.Polled))
       1
       0)
    (ite (and (= after-dispatcher.dispatcher.mode Mode.Polled)
           after-dispatcher.dispatcher.owed
           (not after-dispatcher.dispatcher.fresh))
      1
      0)
    (ite (or (= after-dispatcher.reader.mode Mode.Called)
           (= after-dispatcher.reader.mode Mode.Polled))
      1
      0)
    (ite (and (= after-dispatcher.reader.mode Mode.Polled)
           after-dispatcher.reader.owed
           (not reader.fresh))
      1
      0)))

; ---- end: Every step makes the measure smaller, which is never negative: every execution ends.

(echo "end: the measure is natural")
(push 1)
(assert invariant)
(assert (not (and (<= 0 bytes-to-go) (<= 0 calls-to-go))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "end: reader: the measure decreases")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (or (not (<= bytes-to-go after-reader.bytes-to-go))
                (and (= after-reader.bytes-to-go bytes-to-go)
                  (not (<= calls-to-go after-reader.calls-to-go))))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "end: dispatcher: the measure decreases")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (or (not (<= bytes-to-go after-dispatcher.bytes-to-go))
                (and (= after-dispatcher.bytes-to-go bytes-to-go)
                  (not (<= calls-to-go after-dispatcher.calls-to-go))))))
(set-info :status unsat)
(check-sat)
(pop 1)

; ---- prompt: A reader that takes all there is in one read makes the steps of one with R = K.

(echo "prompt: reader: the same step")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (and (= (ite (= kernel 0) kernel (- kernel kernel))
                     (ite (= kernel 0) kernel (ite (<= kernel K) (- kernel kernel) (- kernel K))))
                (= (ite (= kernel 0) received (+ received kernel))
                  (ite (= kernel 0) received (ite (<= kernel K) (+ received kernel) (+ received K)))))))
(set-info :status unsat)
(check-sat)
(pop 1)

; A schedule for every N > K.

; ---- loss: The original ordering loses bytes for every N > K.

(echo "loss: the dispatcher writes K bytes, N - K are left")
(push 1)
(assert (not (<= N K)))
(assert (not (and (= (ite (<= (- K 0) N)
                        (ite (= (- K 0) 0)
                          Next.Shutdown
                          (ite (= (- N (- K 0)) 0) Next.Shutdown Next.Write))
                        (ite (= N 0) Next.Shutdown (ite (= (- N N) 0) Next.Shutdown Next.Write)))
                     Next.Write)
                (= (ite (<= (- K 0) N) (ite (= (- K 0) 0) N (- N (- K 0))) (ite (= N 0) N (- N N)))
                  (- N K))
                (= (ite (<= (- K 0) N) (ite (= (- K 0) 0) 0 (+ 0 (- K 0))) (ite (= N 0) 0 (+ 0 N)))
                  K)
                (= (ite (<= (- K 0) N) (ite (= (- K 0) 0) 0 (+ 0 (- K 0))) (ite (= N 0) 0 (+ 0 N)))
                  K)
                (= (ite (<= (- K 0) N) (= (- K 0) 0) (= N 0)) false))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "loss: it finds the kernel full, and goes on")
(push 1)
(assert (not (<= N K)))
(assert (not (and (= (ite (<= (- K K) (- N K))
                        (ite (= (- K K) 0)
                          Next.Shutdown
                          (ite (= (- (- N K) (- K K)) 0) Next.Shutdown Next.Write))
                        (ite (= (- N K) 0)
                          Next.Shutdown
                          (ite (= (- (- N K) (- N K)) 0) Next.Shutdown Next.Write)))
                     Next.Shutdown)
                (= (ite (<= (- K K) (- N K))
                     (ite (= (- K K) 0) (- N K) (- (- N K) (- K K)))
                     (ite (= (- N K) 0) (- N K) (- (- N K) (- N K))))
                  (- N K))
                (= (ite (<= (- K K) (- N K))
                     (ite (= (- K K) 0) K (+ K (- K K)))
                     (ite (= (- N K) 0) K (+ K (- N K))))
                  K)
                (= (ite (<= (- K K) (- N K))
                     (ite (= (- K K) 0) K (+ K (- K K)))
                     (ite (= (- N K) 0) K (+ K (- N K))))
                  K)
                (= (ite (<= (- K K) (- N K)) (= (- K K) 0) (= (- N K) 0)) true))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "loss: it shuts down, N - K are left")
(push 1)
(assert (not (<= N K)))
(assert false)
(set-info :status unsat)
(check-sat)
(pop 1)

; What is left after the shutdown stays there, and is missing at the end.

(echo "loss: reader: what is left stays inside")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (and shut (not (<= inside 0))))
(assert (not (and shut (not (<= inside 0)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "loss: dispatcher: what is left stays inside")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (and shut (not (<= inside 0))))
(assert (not (and after-dispatcher.shut (not (<= after-dispatcher.inside 0)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "loss: at the end it is missing, and the dispatcher ended with Ok")
(push 1)
(assert invariant)
(assert at-the-end)
(assert (and shut (not (<= inside 0))))
(assert (not (and (= reader-at ReaderAt.Eof)
                (= failed Failure.None)
                (= dispatcher.mode Mode.Ended)
                (= (+ received inside) N)
                (not (<= N received)))))
(set-info :status unsat)
(check-sat)
(pop 1)

; In a step numbers can compare in 10 ways, as far as the step asks. Steps of states that are
; reachable with N, K, R and M up to 4 take 8 of them; these are the others.

; ---- cases: The numbers of a step compare at every size as those of some step at a small size.

(echo "cases: dispatcher: case 7 is impossible")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (and (not (= next Next.Request))
           (= next Next.Write)
           (not was-reset)
           (not (<= (- K kernel) inside))
           (= inside 0)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "cases: dispatcher: case 9 is impossible")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (and (not (= next Next.Request))
           (= next Next.Write)
           (not was-reset)
           (not (<= (- K kernel) inside))
           (not (= inside 0))
           (not (= (- inside inside) 0))))
(set-info :status unsat)
(check-sat)
(pop 1)
(define-fun large-sizes () Bool (and (<= 1000 R) (<= (+ R 1000) K) (<= (+ K 1000) N)))

; ---- premises: What the others assume is possible, also for large sizes.

(echo "premises: the reader can move")
(push 1)
(assert invariant)
(assert (and reader-can-move large-sizes))
(set-info :status sat)
(check-sat)
(pop 1)

(echo "premises: the dispatcher can move")
(push 1)
(assert invariant)
(assert (and dispatcher-can-move large-sizes))
(set-info :status sat)
(check-sat)
(pop 1)

(echo "premises: the dispatcher has shut down")
(push 1)
(assert invariant)
(assert (and shut large-sizes))
(set-info :status sat)
(check-sat)
(pop 1)

(echo "premises: the reader waits")
(push 1)
(assert invariant)
(assert (and (= reader.mode Mode.Waiting) large-sizes))
(set-info :status sat)
(check-sat)
(pop 1)

(echo "premises: an execution has ended")
(push 1)
(assert invariant)
(assert (and at-the-end large-sizes))
(set-info :status sat)
(check-sat)
(pop 1)

(echo "premises: an execution has ended, N <= K")
(push 1)
(assert invariant)
(assert (and at-the-end (<= N K) (<= 1000 N)))
(set-info :status sat)
(check-sat)
(pop 1)

(echo "premises: something is left inside at the end")
(push 1)
(assert invariant)
(assert (and at-the-end shut (not (= inside 0)) large-sizes))
(set-info :status sat)
(check-sat)
(pop 1)

(echo "premises: the reader is at the end of the stream")
(push 1)
(assert invariant)
(assert (and (= reader-at ReaderAt.Eof) large-sizes))
(set-info :status sat)
(check-sat)
(pop 1)
(pop 1)

; ==== a reader that stops after M bytes ============================================================
(push 1)

; Sizes: any.

; N: bytes of the response.
(declare-const N Int)
(assert (<= 1 N))

; K: capacity of the kernel's buffer.
(declare-const K Int)
(assert (<= 1 K))

; R: bytes that the reader takes at most in one read.
(declare-const R Int)
(assert (<= 1 R))

; M: bytes after which the reader stops or resets.
(declare-const M Int)
(assert (<= 0 M))

; A state: any.
(declare-const dispatcher.mode Int)
(assert (and (<= 0 dispatcher.mode) (<= dispatcher.mode 3)))
(declare-const dispatcher.owed Bool)
(declare-const dispatcher.fresh Bool)
(declare-const next Int)
(assert (and (<= 0 next) (<= next 2)))
(declare-const inside Int)
(declare-const failed Int)
(assert (and (<= 0 failed) (<= failed 2)))
(declare-const kernel Int)
(declare-const accepted Int)
(declare-const shut Bool)
(declare-const was-reset Bool)
(declare-const wants-room Bool)
(declare-const wants-bytes Bool)
(declare-const reader.mode Int)
(assert (and (<= 0 reader.mode) (<= reader.mode 3)))
(declare-const reader.owed Bool)
(declare-const reader.fresh Bool)
(declare-const reader-at Int)
(assert (and (<= 0 reader-at) (<= reader-at 3)))
(declare-const received Int)
(define-fun reader-can-move () Bool (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled)))
(define-fun dispatcher-can-move () Bool
  (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled)))
(define-fun at-the-end () Bool
  (and (not (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled)))
    (not (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled)))))

; The invariant.

; No number is negative.
(define-fun natural () Bool (and (<= 0 inside) (<= 0 kernel) (<= 0 accepted) (<= 0 received)))

; The kernel holds no more than its capacity.
(define-fun kernel-fits () Bool (<= kernel K))

; What was accepted has been received or is in the kernel, unless a reset has discarded it.
(define-fun nothing-made-up () Bool (ite was-reset (= kernel 0) (= accepted (+ received kernel))))

; What was not accepted is inside, once there is a response.
(define-fun nothing-forgotten () Bool
  (ite (= next Next.Request) (and (= inside 0) (= accepted 0)) (= (+ accepted inside) N)))

; The dispatcher has ended when it has either shut down or failed.
(define-fun ended-is-shut-or-failed () Bool
  (and (= (or shut (not (= failed Failure.None))) (= dispatcher.mode Mode.Ended))
    (not (and shut (not (= failed Failure.None))))))

; The dispatcher fails only when the reader has reset.
(define-fun fails-by-reset () Bool (=> (not (= failed Failure.None)) was-reset))

; After the shutdown there is no other call.
(define-fun shutdown-comes-last () Bool (=> shut (= next Next.Shutdown)))

; A reader that waits is registered for bytes.
(define-fun reader-waits-registered () Bool (=> (= reader.mode Mode.Waiting) wants-bytes))

; Who is registered for bytes finds none, and no end of the stream.
(define-fun wants-bytes-has-reason () Bool (=> wants-bytes (and (= kernel 0) (not shut))))

; The reader has ended when it no longer reads.
(define-fun reader-ends-for-a-reason () Bool
  (= (= reader-at ReaderAt.Reading) (not (= reader.mode Mode.Ended))))

; The end of the stream comes after the shutdown and the kernel's last byte.
(define-fun eof-behind-last-byte () Bool (=> (= reader-at ReaderAt.Eof) (and shut (= kernel 0))))

; The connection is reset when a reader that resets has done so.
(define-fun reset-by-reader () Bool
  (and (= was-reset (= reader-at ReaderAt.Reset)) (not was-reset)))

; A reader has stopped only after its last byte.
(define-fun stops-at-limit () Bool (=> (= reader-at ReaderAt.Stopped) (= received M)))

; A reader that stops or resets reads no further than to there.
(define-fun reads-to-limit () Bool (<= received M))

; A write is next only while something is inside.
(define-fun writes-what-is-inside () Bool (=> (= next Next.Write) (not (= inside 0))))

; The dispatcher does not wait: it shuts down instead.
(define-fun never-waits () Bool (not (= dispatcher.mode Mode.Waiting)))

; A response that fits the kernel's buffer is accepted whole.
(define-fun all-at-once-if-it-fits () Bool
  (=> (<= N K)
    (and (=> (= next Next.Write) (= accepted 0)) (=> (= next Next.Shutdown) (= inside 0)))))
(define-fun invariant () Bool
  (and natural
    kernel-fits
    nothing-made-up
    nothing-forgotten
    ended-is-shut-or-failed
    fails-by-reset
    shutdown-comes-last
    reader-waits-registered
    wants-bytes-has-reason
    reader-ends-for-a-reason
    eof-behind-last-byte
    reset-by-reader
    stops-at-limit
    reads-to-limit
    writes-what-is-inside
    never-waits
    all-at-once-if-it-fits))

; What becomes of the state when the reader makes its next step; all else stays as it is.
(define-fun after-reader.dispatcher.mode () Int
  (ite (<= M received)
    dispatcher.mode
    (ite (= kernel 0)
      dispatcher.mode
      (ite wants-room
        (ite (= dispatcher.mode Mode.Called)
          dispatcher.mode
          (ite (= dispatcher.mode Mode.Polled)
            dispatcher.mode
            (ite (= dispatcher.mode Mode.Waiting) Mode.Called dispatcher.mode)))
        dispatcher.mode))))
(define-fun after-reader.dispatcher.owed () Bool
  (ite (<= M received)
    dispatcher.owed
    (ite (= kernel 0)
      dispatcher.owed
      (ite wants-room
        (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled) dispatcher.owed)
        dispatcher.owed))))
(define-fun after-reader.kernel () Int
  (ite (<= M received)
    kernel
    (ite (= kernel 0)
      kernel
      (ite (<= kernel R)
        (ite (<= kernel (- M received)) (- kernel kernel) (- kernel (- M received)))
        (ite (<= R (- M received)) (- kernel R) (- kernel (- M received)))))))
(define-fun after-reader.wants-room () Bool
  (ite (<= M received) wants-room (and (= kernel 0) wants-room)))
(define-fun after-reader.wants-bytes () Bool
  (ite (<= M received) wants-bytes (ite (= kernel 0) (or (not shut) wants-bytes) wants-bytes)))
(define-fun after-reader.reader.mode () Int
  (ite (or (= reader.mode Mode.Called) reader.fresh)
    (ite (<= M received)
      Mode.Ended
      (ite (= kernel 0) (ite shut Mode.Ended Mode.Waiting) Mode.Polled))
    (ite (<= M received)
      Mode.Ended
      (ite (= kernel 0)
        (ite shut Mode.Ended (ite reader.owed Mode.Polled Mode.Waiting))
        reader.mode))))
(define-fun after-reader.reader.owed () Bool
  (and (not (or (= reader.mode Mode.Called) reader.fresh))
    (not (<= M received))
    (ite (= kernel 0) (and (not shut) reader.owed) reader.owed)))
(define-fun after-reader.reader.fresh () Bool
  (ite (or (= reader.mode Mode.Called) reader.fresh)
    (and (not (<= M received)) (= kernel 0) (not shut))
    (and (not (<= M received)) (ite (= kernel 0) (not shut) reader.fresh))))
(define-fun after-reader.reader-at () Int
  (ite (<= M received)
    ReaderAt.Stopped
    (ite (= kernel 0) (ite shut ReaderAt.Eof reader-at) reader-at)))
(define-fun after-reader.received () Int
  (ite (<= M received)
    received
    (ite (= kernel 0)
      received
      (ite (<= kernel R)
        (ite (<= kernel (- M received)) (+ received kernel) (+ received (- M received)))
        (ite (<= R (- M received)) (+ received R) (+ received (- M received)))))))

; What becomes of the state when the dispatcher makes its next step; all else stays as it is.
(define-fun after-dispatcher.dispatcher.mode () Int
  (ite (or (= dispatcher.mode Mode.Called) dispatcher.fresh)
    (ite (= next Next.Request)
      (ite was-reset Mode.Ended Mode.Polled)
      (ite (= next Next.Write) (ite was-reset Mode.Ended Mode.Polled) Mode.Ended))
    (ite (= next Next.Request)
      (ite was-reset Mode.Ended dispatcher.mode)
      (ite (= next Next.Write) (ite was-reset Mode.Ended dispatcher.mode) Mode.Ended))))
(define-fun after-dispatcher.dispatcher.owed () Bool
  (and (not (or (= dispatcher.mode Mode.Called) dispatcher.fresh))
    (ite (= next Next.Request)
      (and (not was-reset) dispatcher.owed)
      (and (= next Next.Write) (not was-reset) dispatcher.owed))))
(define-fun after-dispatcher.dispatcher.fresh () Bool
  (and (not (or (= dispatcher.mode Mode.Called) dispatcher.fresh))
    (ite (= next Next.Request)
      (and (not was-reset) dispatcher.fresh)
      (and (= next Next.Write) (not was-reset) dispatcher.fresh))))
(define-fun after-dispatcher.next () Int
  (ite (= next Next.Request)
    (ite was-reset next Next.Write)
    (ite (= next Next.Write)
      (ite was-reset
        next
        (ite (<= (- K kernel) inside)
          (ite (= (- K kernel) 0)
            Next.Shutdown
            (ite (= (- inside (- K kernel)) 0) Next.Shutdown next))
          (ite (= inside 0) Next.Shutdown (ite (= (- inside inside) 0) Next.Shutdown next))))
      next)))
(define-fun after-dispatcher.inside () Int
  (ite (= next Next.Request)
    (ite was-reset inside N)
    (ite (= next Next.Write)
      (ite was-reset
        inside
        (ite (<= (- K kernel) inside)
          (ite (= (- K kernel) 0) inside (- inside (- K kernel)))
          (ite (= inside 0) inside (- inside inside))))
      inside)))
(define-fun after-dispatcher.failed () Int
  (ite (= next Next.Request)
    (ite was-reset Failure.ConnectionReset failed)
    (ite (= next Next.Write)
      (ite was-reset Failure.ConnectionReset failed)
      (ite was-reset Failure.NotConnected failed))))
(define-fun after-dispatcher.kernel () Int
  (ite (= next Next.Request)
    kernel
    (ite (= next Next.Write)
      (ite was-reset
        kernel
        (ite (<= (- K kernel) inside)
          (ite (= (- K kernel) 0) kernel (+ kernel (- K kernel)))
          (ite (= inside 0) kernel (+ kernel inside))))
      kernel)))
(define-fun after-dispatcher.accepted () Int
  (ite (= next Next.Request)
    accepted
    (ite (= next Next.Write)
      (ite was-reset
        accepted
        (ite (<= (- K kernel) inside)
          (ite (= (- K kernel) 0) accepted (+ accepted (- K kernel)))
          (ite (= inside 0) accepted (+ accepted inside))))
      accepted)))
(define-fun after-dispatcher.shut () Bool
  (ite (= next Next.Request) shut (ite (= next Next.Write) shut (or (not was-reset) shut))))
(define-fun after-dispatcher.wants-room () Bool
  (ite (= next Next.Request)
    wants-room
    (ite (= next Next.Write)
      (ite was-reset wants-room (ite (<= (- K kernel) inside) (= (- K kernel) 0) (= inside 0)))
      wants-room)))
(define-fun after-dispatcher.wants-bytes () Bool
  (ite (= next Next.Request)
    wants-bytes
    (ite (= next Next.Write)
      (ite was-reset
        wants-bytes
        (ite (<= (- K kernel) inside)
          (and (= (- K kernel) 0) wants-bytes)
          (and (= inside 0) wants-bytes)))
      (and was-reset wants-bytes))))
(define-fun after-dispatcher.reader.mode () Int
  (ite (= next Next.Request)
    reader.mode
    (ite (= next Next.Write)
      (ite was-reset
        reader.mode
        (ite (<= (- K kernel) inside)
          (ite (= (- K kernel) 0)
            reader.mode
            (ite wants-bytes
              (ite (= reader.mode Mode.Called)
                reader.mode
                (ite (= reader.mode Mode.Polled)
                  reader.mode
                  (ite (= reader.mode Mode.Waiting) Mode.Called reader.mode)))
              reader.mode))
          (ite (= inside 0)
            reader.mode
            (ite wants-bytes
              (ite (= reader.mode Mode.Called)
                reader.mode
                (ite (= reader.mode Mode.Polled)
                  reader.mode
                  (ite (= reader.mode Mode.Waiting) Mode.Called reader.mode)))
              reader.mode))))
      (ite was-reset
        reader.mode
        (ite wants-bytes
          (ite (= reader.mode Mode.Called)
            reader.mode
            (ite (= reader.mode Mode.Polled)
              reader.mode
              (ite (= reader.mode Mode.Waiting) Mode.Called reader.mode)))
          reader.mode)))))
(define-fun after-dispatcher.reader.owed () Bool
  (ite (= next Next.Request)
    reader.owed
    (ite (= next Next.Write)
      (ite was-reset
        reader.owed
        (ite (<= (- K kernel) inside)
          (ite (= (- K kernel) 0)
            reader.owed
            (ite wants-bytes
              (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled) reader.owed)
              reader.owed))
          (ite (= inside 0)
            reader.owed
            (ite wants-bytes
              (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled) reader.owed)
              reader.owed))))
      (ite was-reset
        reader.owed
        (ite wants-bytes
          (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled) reader.owed)
          reader.owed)))))

; The first state.
(define-fun start.dispatcher.mode () Int Mode.Called)
(define-fun start.dispatcher.owed () Bool false)
(define-fun start.dispatcher.fresh () Bool true)
(define-fun start.next () Int Next.Write)
(define-fun start.inside () Int N)
(define-fun start.failed () Int Failure.None)
(define-fun start.kernel () Int 0)
(define-fun start.accepted () Int 0)
(define-fun start.shut () Bool false)
(define-fun start.was-reset () Bool false)
(define-fun start.wants-room () Bool false)
(define-fun start.wants-bytes () Bool false)
(define-fun start.reader.mode () Int Mode.Polled)
(define-fun start.reader.owed () Bool false)
(define-fun start.reader.fresh () Bool true)
(define-fun start.reader-at () Int ReaderAt.Reading)
(define-fun start.received () Int 0)

; ---- start: The first state satisfies the invariant.

(echo "start: natural")
(push 1)
(assert (not (and (<= 0 start.inside)
                (<= 0 start.kernel)
                (<= 0 start.accepted)
                (<= 0 start.received))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: kernel-fits")
(push 1)
(assert (not (<= start.kernel K)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: nothing-made-up")
(push 1)
(assert (not (ite start.was-reset
                (= start.kernel 0)
                (= start.accepted (+ start.received start.kernel)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: nothing-forgotten")
(push 1)
(assert (not (ite (= start.next Next.Request)
                (and (= start.inside 0) (= start.accepted 0))
                (= (+ start.accepted start.inside) N))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: ended-is-shut-or-failed")
(push 1)
(assert (not (and (= (or start.shut (not (= start.failed Failure.None)))
                     (= start.dispatcher.mode Mode.Ended))
                (not (and start.shut (not (= start.failed Failure.None)))))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: fails-by-reset")
(push 1)
(assert (not (=> (not (= start.failed Failure.None)) start.was-reset)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: shutdown-comes-last")
(push 1)
(assert (not (=> start.shut (= start.next Next.Shutdown))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: reader-waits-registered")
(push 1)
(assert (not (=> (= start.reader.mode Mode.Waiting) start.wants-bytes)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: wants-bytes-has-reason")
(push 1)
(assert (not (=> start.wants-bytes (and (= start.kernel 0) (not start.shut)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: reader-ends-for-a-reason")
(push 1)
(assert (not (= (= start.reader-at ReaderAt.Reading) (not (= start.reader.mode Mode.Ended)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: eof-behind-last-byte")
(push 1)
(assert (not (=> (= start.reader-at ReaderAt.Eof) (and start.shut (= start.kernel 0)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: reset-by-reader")
(push 1)
(assert (not (and (= start.was-reset (= start.reader-at ReaderAt.Reset)) (not start.was-reset))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: stops-at-limit")
(push 1)
(assert (not (=> (= start.reader-at ReaderAt.Stopped) (= start.received M))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: reads-to-limit")
(push 1)
(assert (not (<= start.received M)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: writes-what-is-inside")
(push 1)
(assert (not (=> (= start.next Next.Write) (not (= start.inside 0)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: never-waits")
(push 1)
(assert (= start.dispatcher.mode Mode.Waiting))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: all-at-once-if-it-fits")
(push 1)
(assert (not (=> (<= N K)
                (and (=> (= start.next Next.Write) (= start.accepted 0))
                  (=> (= start.next Next.Shutdown) (= start.inside 0))))))
(set-info :status unsat)
(check-sat)
(pop 1)

; ---- step: Every step keeps the invariant.

(echo "step: reader: natural")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (and (<= 0 inside)
                (<= 0 after-reader.kernel)
                (<= 0 accepted)
                (<= 0 after-reader.received))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: kernel-fits")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (<= after-reader.kernel K)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: nothing-made-up")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (ite was-reset
                (= after-reader.kernel 0)
                (= accepted (+ after-reader.received after-reader.kernel)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: nothing-forgotten")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (ite (= next Next.Request)
                (and (= inside 0) (= accepted 0))
                (= (+ accepted inside) N))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: ended-is-shut-or-failed")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (and (= (or shut (not (= failed Failure.None)))
                     (= after-reader.dispatcher.mode Mode.Ended))
                (not (and shut (not (= failed Failure.None)))))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: fails-by-reset")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> (not (= failed Failure.None)) was-reset)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: shutdown-comes-last")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> shut (= next Next.Shutdown))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: reader-waits-registered")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> (= after-reader.reader.mode Mode.Waiting) after-reader.wants-bytes)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: wants-bytes-has-reason")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> after-reader.wants-bytes (and (= after-reader.kernel 0) (not shut)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: reader-ends-for-a-reason")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (= (= after-reader.reader-at ReaderAt.Reading)
                (not (= after-reader.reader.mode Mode.Ended)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: eof-behind-last-byte")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> (= after-reader.reader-at ReaderAt.Eof) (and shut (= after-reader.kernel 0)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: reset-by-reader")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (and (= was-reset (= after-reader.reader-at ReaderAt.Reset)) (not was-reset))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: stops-at-limit")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> (= after-reader.reader-at ReaderAt.Stopped) (= after-reader.received M))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: reads-to-limit")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (<= after-reader.received M)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: writes-what-is-inside")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> (= next Next.Write) (not (= inside 0)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: never-waits")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (= after-reader.dispatcher.mode Mode.Waiting))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: all-at-once-if-it-fits")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> (<= N K)
                (and (=> (= next Next.Write) (= accepted 0))
                  (=> (= next Next.Shutdown) (= inside 0))))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: natural")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (and (<= 0 after-dispatcher.inside)
                (<= 0 after-dispatcher.kernel)
                (<= 0 after-dispatcher.accepted)
                (<= 0 received))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: kernel-fits")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (<= after-dispatcher.kernel K)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: nothing-made-up")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (ite was-reset
                (= after-dispatcher.kernel 0)
                (= after-dispatcher.accepted (+ received after-dispatcher.kernel)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: nothing-forgotten")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (ite (= after-dispatcher.next Next.Request)
                (and (= after-dispatcher.inside 0) (= after-dispatcher.accepted 0))
                (= (+ after-dispatcher.accepted after-dispatcher.inside) N))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: ended-is-shut-or-failed")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (and (= (or after-dispatcher.shut (not (= after-dispatcher.failed Failure.None)))
                     (= after-dispatcher.dispatcher.mode Mode.Ended))
                (not (and after-dispatcher.shut (not (= after-dispatcher.failed Failure.None)))))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: fails-by-reset")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> (not (= after-dispatcher.failed Failure.None)) was-reset)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: shutdown-comes-last")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> after-dispatcher.shut (= after-dispatcher.next Next.Shutdown))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: reader-waits-registered")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> (= after-dispatcher.reader.mode Mode.Waiting) after-dispatcher.wants-bytes)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: wants-bytes-has-reason")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> after-dispatcher.wants-bytes
                (and (= after-dispatcher.kernel 0) (not after-dispatcher.shut)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: reader-ends-for-a-reason")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (= (= reader-at ReaderAt.Reading) (not (= after-dispatcher.reader.mode Mode.Ended)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: eof-behind-last-byte")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> (= reader-at ReaderAt.Eof)
                (and after-dispatcher.shut (= after-dispatcher.kernel 0)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: reset-by-reader")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (and (= was-reset (= reader-at ReaderAt.Reset)) (not was-reset))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: stops-at-limit")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> (= reader-at ReaderAt.Stopped) (= received M))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: reads-to-limit")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (<= received M)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: writes-what-is-inside")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> (= after-dispatcher.next Next.Write) (not (= after-dispatcher.inside 0)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: never-waits")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (= after-dispatcher.dispatcher.mode Mode.Waiting))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: all-at-once-if-it-fits")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> (<= N K)
                (and (=> (= after-dispatcher.next Next.Write) (= after-dispatcher.accepted 0))
                  (=> (= after-dispatcher.next Next.Shutdown) (= after-dispatcher.inside 0))))))
(set-info :status unsat)
(check-sat)
(pop 1)

; Nothing is left inside when the dispatcher has shut down.

; ---- properties: The properties follow from the invariant.

(echo "properties: nothing-buffered-at-shutdown")
(push 1)
(assert invariant)
(assert (not (=> (and (<= N K) shut) (= inside 0))))
(set-info :status unsat)
(check-sat)
(pop 1)

; After the shutdown the dispatcher makes no call.

(echo "properties: one-shutdown")
(push 1)
(assert invariant)
(assert (not (=> shut (not (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled))))))
(set-info :status unsat)
(check-sat)
(pop 1)

; At the end the dispatcher has shut down, although the reader may have stopped.

(echo "properties: ends-without-reader")
(push 1)
(assert invariant)
(assert (not (=> (and (not (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled)))
                    (not (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled))))
                shut)))
(set-info :status unsat)
(check-sat)
(pop 1)

; The measure: two numbers. A step makes the first one smaller, or keeps it and makes the second one
; smaller.
(define-fun bytes-to-go () Int
  (+ (ite (= next Next.Request) N inside)
    (ite (= next Next.Request) N inside)
    kernel
    (ite (not (= dispatcher.mode Mode.Ended)) 1 0)
    (ite (= reader-at ReaderAt.Reading) 1 0)
    (ite (not (= next Next.Shutdown)) 1 0)
    (ite (= next Next.Request) 1 0)))
(define-fun calls-to-go () Int
  (+ (ite (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled)) 1 0)
    (ite (and (= dispatcher.mode Mode.Polled) dispatcher.owed (not dispatcher.fresh)) 1 0)
    (ite (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled)) 1 0)
    (ite (and (= reader.mode Mode.Polled) reader.owed (not reader.fresh)) 1 0)))
(define-fun after-reader.bytes-to-go () Int
  (+ (ite (= next Next.Request) N inside)
    (ite (= next Next.Request) N inside)
    after-reader.kernel
    (ite (not (= after-reader.dispatcher.mode Mode.Ended)) 1 0)
    (ite (= after-reader.reader-at ReaderAt.Reading) 1 0)
    (ite (not (= next Next.Shutdown)) 1 0)
    (ite (= next Next.Request) 1 0)))
(define-fun after-reader.calls-to-go () Int
  (+ (ite (or (= after-reader.dispatcher.mode Mode.Called)
            (= after-reader.dispatcher.mode Mode.Polled))
       1
       0)
    (ite (and (= after-reader.dispatcher.mode Mode.Polled)
           after-reader.dispatcher.owed
           (not dispatcher.fresh))
      1
      0)
    (ite (or (= after-reader.reader.mode Mode.Called) (= after-reader.reader.mode Mode.Polled)) 1 0)
    (ite (and (= after-reader.reader.mode Mode.Polled)
           after-reader.reader.owed
           (not after-reader.reader.fresh))
      1
      0)))
(define-fun after-dispatcher.bytes-to-go () Int
  (+ (ite (= after-dispatcher.next Next.Request) N after-dispatcher.inside)
    (ite (= after-dispatcher.next Next.Request) N after-dispatcher.inside)
    after-dispatcher.kernel
    (ite (not (= after-dispatcher.dispatcher.mode Mode.Ended)) 1 0)
    (ite (= reader-at ReaderAt.Reading) 1 0)
    (ite (not (= after-dispatcher.next Next.Shutdown)) 1 0)
    (ite (= after-dispatcher.next Next.Request) 1 0)))
(define-fun after-dispatcher.calls-to-go () Int
  (+ (ite (or (= after-dispatcher.dispatcher.mode Mode.Called)
            (= after-dispatcher.dispatcher.mode Mode.Polled))
       1
       0)
    (ite (and (= after-dispatcher.dispatcher.mode Mode.Polled)
           after-dispatcher.dispatcher.owed
           (not after-dispatcher.dispatcher.fresh))
      1
      0)
    (ite (or (= after-dispatcher.reader.mode Mode.Called)
           (= after-dispatcher.reader.mode Mode.Polled))
      1
      0)
    (ite (and (= after-dispatcher.reader.mode Mode.Polled)
           after-dispatcher.reader.owed
           (not reader.fresh))
      1
      0)))

; ---- end: Every step makes the measure smaller, which is never negative: every execution ends.

(echo "end: the measure is natural")
(push 1)
(assert invariant)
(assert (not (and (<= 0 bytes-to-go) (<= 0 calls-to-go))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "end: reader: the measure decreases")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (or (not (<= bytes-to-go after-reader.bytes-to-go))
                (and (= after-reader.bytes-to-go bytes-to-go)
                  (not (<= calls-to-go after-reader.calls-to-go))))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "end: dispatcher: the measure decreases")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (or (not (<= bytes-to-go after-dispatcher.bytes-to-go))
                (and (= after-dispatcher.bytes-to-go bytes-to-go)
                  (not (<= calls-to-go after-dispatcher.calls-to-go))))))
(set-info :status unsat)
(check-sat)
(pop 1)

; ---- prompt: A reader that takes all there is in one read makes the steps of one with R = K.

(echo "prompt: reader: the same step")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (and (= (ite (<= M received)
                        kernel
                        (ite (= kernel 0)
                          kernel
                          (ite (<= kernel (- M received))
                            (- kernel kernel)
                            (- kernel (- M received)))))
                     (ite (<= M received)
                       kernel
                       (ite (= kernel 0)
                         kernel
                         (ite (<= kernel K)
                           (ite (<= kernel (- M received))
                             (- kernel kernel)
                             (- kernel (- M received)))
                           (ite (<= K (- M received)) (- kernel K) (- kernel (- M received)))))))
                (= (ite (<= M received)
                     received
                     (ite (= kernel 0)
                       received
                       (ite (<= kernel (- M received))
                         (+ received kernel)
                         (+ received (- M received)))))
                  (ite (<= M received)
                    received
                    (ite (= kernel 0)
                      received
                      (ite (<= kernel K)
                        (ite (<= kernel (- M received))
                          (+ received kernel)
                          (+ received (- M received)))
                        (ite (<= K (- M received)) (+ received K) (+ received (- M received))))))))))
(set-info :status unsat)
(check-sat)
(pop 1)

; In a step numbers can compare in 13 ways, as far as the step asks. Steps of states that are
; reachable with N, K, R and M up to 4 take 11 of them; these are the others.

; ---- cases: The numbers of a step compare at every size as those of some step at a small size.

(echo "cases: dispatcher: case 10 is impossible")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (and (not (= next Next.Request))
           (= next Next.Write)
           (not was-reset)
           (not (<= (- K kernel) inside))
           (= inside 0)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "cases: dispatcher: case 12 is impossible")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (and (not (= next Next.Request))
           (= next Next.Write)
           (not was-reset)
           (not (<= (- K kernel) inside))
           (not (= inside 0))
           (not (= (- inside inside) 0))))
(set-info :status unsat)
(check-sat)
(pop 1)
(define-fun large-sizes () Bool (and (<= 1000 R) (<= (+ R 1000) K) (<= (+ K 1000) N)))

; ---- premises: What the others assume is possible, also for large sizes.

(echo "premises: the reader can move")
(push 1)
(assert invariant)
(assert (and reader-can-move large-sizes))
(set-info :status sat)
(check-sat)
(pop 1)

(echo "premises: the dispatcher can move")
(push 1)
(assert invariant)
(assert (and dispatcher-can-move large-sizes))
(set-info :status sat)
(check-sat)
(pop 1)

(echo "premises: the dispatcher has shut down")
(push 1)
(assert invariant)
(assert (and shut large-sizes))
(set-info :status sat)
(check-sat)
(pop 1)

(echo "premises: the reader waits")
(push 1)
(assert invariant)
(assert (and (= reader.mode Mode.Waiting) large-sizes))
(set-info :status sat)
(check-sat)
(pop 1)

(echo "premises: an execution has ended")
(push 1)
(assert invariant)
(assert (and at-the-end large-sizes))
(set-info :status sat)
(check-sat)
(pop 1)

(echo "premises: the reader has stopped at the end, the dispatcher has shut down")
(push 1)
(assert invariant)
(assert (and at-the-end (= reader-at ReaderAt.Stopped) shut large-sizes))
(set-info :status sat)
(check-sat)
(pop 1)
(pop 1)

; ==== a reader that resets the connection after M bytes ============================================================
(push 1)

; Sizes: any.

; N: bytes of the response.
(declare-const N Int)
(assert (<= 1 N))

; K: capacity of the kernel's buffer.
(declare-const K Int)
(assert (<= 1 K))

; R: bytes that the reader takes at most in one read.
(declare-const R Int)
(assert (<= 1 R))

; M: bytes after which the reader stops or resets.
(declare-const M Int)
(assert (<= 0 M))

; A state: any.
(declare-const dispatcher.mode Int)
(assert (and (<= 0 dispatcher.mode) (<= dispatcher.mode 3)))
(declare-const dispatcher.owed Bool)
(declare-const dispatcher.fresh Bool)
(declare-const next Int)
(assert (and (<= 0 next) (<= next 2)))
(declare-const inside Int)
(declare-const failed Int)
(assert (and (<= 0 failed) (<= failed 2)))
(declare-const kernel Int)
(declare-const accepted Int)
(declare-const shut Bool)
(declare-const was-reset Bool)
(declare-const wants-room Bool)
(declare-const wants-bytes Bool)
(declare-const reader.mode Int)
(assert (and (<= 0 reader.mode) (<= reader.mode 3)))
(declare-const reader.owed Bool)
(declare-const reader.fresh Bool)
(declare-const reader-at Int)
(assert (and (<= 0 reader-at) (<= reader-at 3)))
(declare-const received Int)
(define-fun reader-can-move () Bool (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled)))
(define-fun dispatcher-can-move () Bool
  (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled)))
(define-fun at-the-end () Bool
  (and (not (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled)))
    (not (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled)))))

; The invariant.

; No number is negative.
(define-fun natural () Bool (and (<= 0 inside) (<= 0 kernel) (<= 0 accepted) (<= 0 received)))

; The kernel holds no more than its capacity.
(define-fun kernel-fits () Bool (<= kernel K))

; What was accepted has been received or is in the kernel, unless a reset has discarded it.
(define-fun nothing-made-up () Bool (ite was-reset (= kernel 0) (= accepted (+ received kernel))))

; What was not accepted is inside, once there is a response.
(define-fun nothing-forgotten () Bool
  (ite (= next Next.Request) (and (= inside 0) (= accepted 0)) (= (+ accepted inside) N)))

; The dispatcher has ended when it has either shut down or failed.
(define-fun ended-is-shut-or-failed () Bool
  (and (= (or shut (not (= failed Failure.None))) (= dispatcher.mode Mode.Ended))
    (not (and shut (not (= failed Failure.None))))))

; The dispatcher fails only when the reader has reset.
(define-fun fails-by-reset () Bool (=> (not (= failed Failure.None)) was-reset))

; After the shutdown there is no other call.
(define-fun shutdown-comes-last () Bool (=> shut (= next Next.Shutdown)))

; A reader that waits is registered for bytes.
(define-fun reader-waits-registered () Bool (=> (= reader.mode Mode.Waiting) wants-bytes))

; Who is registered for bytes finds none, and no end of the stream.
(define-fun wants-bytes-has-reason () Bool (=> wants-bytes (and (= kernel 0) (not shut))))

; The reader has ended when it no longer reads.
(define-fun reader-ends-for-a-reason () Bool
  (= (= reader-at ReaderAt.Reading) (not (= reader.mode Mode.Ended))))

; The end of the stream comes after the shutdown and the kernel's last byte.
(define-fun eof-behind-last-byte () Bool (=> (= reader-at ReaderAt.Eof) (and shut (= kernel 0))))

; The connection is reset when a reader that resets has done so.
(define-fun reset-by-reader () Bool (= was-reset (= reader-at ReaderAt.Reset)))

; A reader has stopped only after its last byte.
(define-fun stops-at-limit () Bool (not (= reader-at ReaderAt.Stopped)))

; A reader that stops or resets reads no further than to there.
(define-fun reads-to-limit () Bool (<= received M))

; A write is next only while something is inside.
(define-fun writes-what-is-inside () Bool (=> (= next Next.Write) (not (= inside 0))))

; The dispatcher does not wait: it shuts down instead.
(define-fun never-waits () Bool (not (= dispatcher.mode Mode.Waiting)))

; A response that fits the kernel's buffer is accepted whole.
(define-fun all-at-once-if-it-fits () Bool
  (=> (<= N K)
    (and (=> (= next Next.Write) (= accepted 0)) (=> (= next Next.Shutdown) (= inside 0)))))
(define-fun invariant () Bool
  (and natural
    kernel-fits
    nothing-made-up
    nothing-forgotten
    ended-is-shut-or-failed
    fails-by-reset
    shutdown-comes-last
    reader-waits-registered
    wants-bytes-has-reason
    reader-ends-for-a-reason
    eof-behind-last-byte
    reset-by-reader
    stops-at-limit
    reads-to-limit
    writes-what-is-inside
    never-waits
    all-at-once-if-it-fits))

; What becomes of the state when the reader makes its next step; all else stays as it is.
(define-fun after-reader.dispatcher.mode () Int
  (ite (<= M received)
    (ite wants-room
      (ite (= dispatcher.mode Mode.Called)
        dispatcher.mode
        (ite (= dispatcher.mode Mode.Polled)
          dispatcher.mode
          (ite (= dispatcher.mode Mode.Waiting) Mode.Called dispatcher.mode)))
      dispatcher.mode)
    (ite (= kernel 0)
      dispatcher.mode
      (ite wants-room
        (ite (= dispatcher.mode Mode.Called)
          dispatcher.mode
          (ite (= dispatcher.mode Mode.Polled)
            dispatcher.mode
            (ite (= dispatcher.mode Mode.Waiting) Mode.Called dispatcher.mode)))
        dispatcher.mode))))
(define-fun after-reader.dispatcher.owed () Bool
  (ite (<= M received)
    (ite wants-room
      (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled) dispatcher.owed)
      dispatcher.owed)
    (ite (= kernel 0)
      dispatcher.owed
      (ite wants-room
        (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled) dispatcher.owed)
        dispatcher.owed))))
(define-fun after-reader.kernel () Int
  (ite (<= M received)
    0
    (ite (= kernel 0)
      kernel
      (ite (<= kernel R)
        (ite (<= kernel (- M received)) (- kernel kernel) (- kernel (- M received)))
        (ite (<= R (- M received)) (- kernel R) (- kernel (- M received)))))))
(define-fun after-reader.was-reset () Bool (or (<= M received) was-reset))
(define-fun after-reader.wants-room () Bool (and (not (<= M received)) (= kernel 0) wants-room))
(define-fun after-reader.wants-bytes () Bool
  (ite (<= M received) wants-bytes (ite (= kernel 0) (or (not shut) wants-bytes) wants-bytes)))
(define-fun after-reader.reader.mode () Int
  (ite (or (= reader.mode Mode.Called) reader.fresh)
    (ite (<= M received)
      Mode.Ended
      (ite (= kernel 0) (ite shut Mode.Ended Mode.Waiting) Mode.Polled))
    (ite (<= M received)
      Mode.Ended
      (ite (= kernel 0)
        (ite shut Mode.Ended (ite reader.owed Mode.Polled Mode.Waiting))
        reader.mode))))
(define-fun after-reader.reader.owed () Bool
  (and (not (or (= reader.mode Mode.Called) reader.fresh))
    (not (<= M received))
    (ite (= kernel 0) (and (not shut) reader.owed) reader.owed)))
(define-fun after-reader.reader.fresh () Bool
  (ite (or (= reader.mode Mode.Called) reader.fresh)
    (and (not (<= M received)) (= kernel 0) (not shut))
    (and (not (<= M received)) (ite (= kernel 0) (not shut) reader.fresh))))
(define-fun after-reader.reader-at () Int
  (ite (<= M received)
    ReaderAt.Reset
    (ite (= kernel 0) (ite shut ReaderAt.Eof reader-at) reader-at)))
(define-fun after-reader.received () Int
  (ite (<= M received)
    received
    (ite (= kernel 0)
      received
      (ite (<= kernel R)
        (ite (<= kernel (- M received)) (+ received kernel) (+ received (- M received)))
        (ite (<= R (- M received)) (+ received R) (+ received (- M received)))))))

; What becomes of the state when the dispatcher makes its next step; all else stays as it is.
(define-fun after-dispatcher.dispatcher.mode () Int
  (ite (or (= dispatcher.mode Mode.Called) dispatcher.fresh)
    (ite (= next Next.Request)
      (ite was-reset Mode.Ended Mode.Polled)
      (ite (= next Next.Write) (ite was-reset Mode.Ended Mode.Polled) Mode.Ended))
    (ite (= next Next.Request)
      (ite was-reset Mode.Ended dispatcher.mode)
      (ite (= next Next.Write) (ite was-reset Mode.Ended dispatcher.mode) Mode.Ended))))
(define-fun after-dispatcher.dispatcher.owed () Bool
  (and (not (or (= dispatcher.mode Mode.Called) dispatcher.fresh))
    (ite (= next Next.Request)
      (and (not was-reset) dispatcher.owed)
      (and (= next Next.Write) (not was-reset) dispatcher.owed))))
(define-fun after-dispatcher.dispatcher.fresh () Bool
  (and (not (or (= dispatcher.mode Mode.Called) dispatcher.fresh))
    (ite (= next Next.Request)
      (and (not was-reset) dispatcher.fresh)
      (and (= next Next.Write) (not was-reset) dispatcher.fresh))))
(define-fun after-dispatcher.next () Int
  (ite (= next Next.Request)
    (ite was-reset next Next.Write)
    (ite (= next Next.Write)
      (ite was-reset
        next
        (ite (<= (- K kernel) inside)
          (ite (= (- K kernel) 0)
            Next.Shutdown
            (ite (= (- inside (- K kernel)) 0) Next.Shutdown next))
          (ite (= inside 0) Next.Shutdown (ite (= (- inside inside) 0) Next.Shutdown next))))
      next)))
(define-fun after-dispatcher.inside () Int
  (ite (= next Next.Request)
    (ite was-reset inside N)
    (ite (= next Next.Write)
      (ite was-reset
        inside
        (ite (<= (- K kernel) inside)
          (ite (= (- K kernel) 0) inside (- inside (- K kernel)))
          (ite (= inside 0) inside (- inside inside))))
      inside)))
(define-fun after-dispatcher.failed () Int
  (ite (= next Next.Request)
    (ite was-reset Failure.ConnectionReset failed)
    (ite (= next Next.Write)
      (ite was-reset Failure.ConnectionReset failed)
      (ite was-reset Failure.NotConnected failed))))
(define-fun after-dispatcher.kernel () Int
  (ite (= next Next.Request)
    kernel
    (ite (= next Next.Write)
      (ite was-reset
        kernel
        (ite (<= (- K kernel) inside)
          (ite (= (- K kernel) 0) kernel (+ kernel (- K kernel)))
          (ite (= inside 0) kernel (+ kernel inside))))
      kernel)))
(define-fun after-dispatcher.accepted () Int
  (ite (= next Next.Request)
    accepted
    (ite (= next Next.Write)
      (ite was-reset
        accepted
        (ite (<= (- K kernel) inside)
          (ite (= (- K kernel) 0) accepted (+ accepted (- K kernel)))
          (ite (= inside 0) accepted (+ accepted inside))))
      accepted)))
(define-fun after-dispatcher.shut () Bool
  (ite (= next Next.Request) shut (ite (= next Next.Write) shut (or (not was-reset) shut))))
(define-fun after-dispatcher.wants-room () Bool
  (ite (= next Next.Request)
    wants-room
    (ite (= next Next.Write)
      (ite was-reset wants-room (ite (<= (- K kernel) inside) (= (- K kernel) 0) (= inside 0)))
      wants-room)))
(define-fun after-dispatcher.wants-bytes () Bool
  (ite (= next Next.Request)
    wants-bytes
    (ite (= next Next.Write)
      (ite was-reset
        wants-bytes
        (ite (<= (- K kernel) inside)
          (and (= (- K kernel) 0) wants-bytes)
          (and (= inside 0) wants-bytes)))
      (and was-reset wants-bytes))))
(define-fun after-dispatcher.reader.mode () Int
  (ite (= next Next.Request)
    reader.mode
    (ite (= next Next.Write)
      (ite was-reset
        reader.mode
        (ite (<= (- K kernel) inside)
          (ite (= (- K kernel) 0)
            reader.mode
            (ite wants-bytes
              (ite (= reader.mode Mode.Called)
                reader.mode
                (ite (= reader.mode Mode.Polled)
                  reader.mode
                  (ite (= reader.mode Mode.Waiting) Mode.Called reader.mode)))
              reader.mode))
          (ite (= inside 0)
            reader.mode
            (ite wants-bytes
              (ite (= reader.mode Mode.Called)
                reader.mode
                (ite (= reader.mode Mode.Polled)
                  reader.mode
                  (ite (= reader.mode Mode.Waiting) Mode.Called reader.mode)))
              reader.mode))))
      (ite was-reset
        reader.mode
        (ite wants-bytes
          (ite (= reader.mode Mode.Called)
            reader.mode
            (ite (= reader.mode Mode.Polled)
              reader.mode
              (ite (= reader.mode Mode.Waiting) Mode.Called reader.mode)))
          reader.mode)))))
(define-fun after-dispatcher.reader.owed () Bool
  (ite (= next Next.Request)
    reader.owed
    (ite (= next Next.Write)
      (ite was-reset
        reader.owed
        (ite (<= (- K kernel) inside)
          (ite (= (- K kernel) 0)
            reader.owed
            (ite wants-bytes
              (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled) reader.owed)
              reader.owed))
          (ite (= inside 0)
            reader.owed
            (ite wants-bytes
              (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled) reader.owed)
              reader.owed))))
      (ite was-reset
        reader.owed
        (ite wants-bytes
          (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled) reader.owed)
          reader.owed)))))

; The first state.
(define-fun start.dispatcher.mode () Int Mode.Called)
(define-fun start.dispatcher.owed () Bool false)
(define-fun start.dispatcher.fresh () Bool true)
(define-fun start.next () Int Next.Request)
(define-fun start.inside () Int 0)
(define-fun start.failed () Int Failure.None)
(define-fun start.kernel () Int 0)
(define-fun start.accepted () Int 0)
(define-fun start.shut () Bool false)
(define-fun start.was-reset () Bool false)
(define-fun start.wants-room () Bool false)
(define-fun start.wants-bytes () Bool false)
(define-fun start.reader.mode () Int Mode.Polled)
(define-fun start.reader.owed () Bool false)
(define-fun start.reader.fresh () Bool true)
(define-fun start.reader-at () Int ReaderAt.Reading)
(define-fun start.received () Int 0)

; ---- start: The first state satisfies the invariant.

(echo "start: natural")
(push 1)
(assert (not (and (<= 0 start.inside)
                (<= 0 start.kernel)
                (<= 0 start.accepted)
                (<= 0 start.received))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: kernel-fits")
(push 1)
(assert (not (<= start.kernel K)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: nothing-made-up")
(push 1)
(assert (not (ite start.was-reset
                (= start.kernel 0)
                (= start.accepted (+ start.received start.kernel)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: nothing-forgotten")
(push 1)
(assert (not (ite (= start.next Next.Request)
                (and (= start.inside 0) (= start.accepted 0))
                (= (+ start.accepted start.inside) N))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: ended-is-shut-or-failed")
(push 1)
(assert (not (and (= (or start.shut (not (= start.failed Failure.None)))
                     (= start.dispatcher.mode Mode.Ended))
                (not (and start.shut (not (= start.failed Failure.None)))))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: fails-by-reset")
(push 1)
(assert (not (=> (not (= start.failed Failure.None)) start.was-reset)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: shutdown-comes-last")
(push 1)
(assert (not (=> start.shut (= start.next Next.Shutdown))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: reader-waits-registered")
(push 1)
(assert (not (=> (= start.reader.mode Mode.Waiting) start.wants-bytes)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: wants-bytes-has-reason")
(push 1)
(assert (not (=> start.wants-bytes (and (= start.kernel 0) (not start.shut)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: reader-ends-for-a-reason")
(push 1)
(assert (not (= (= start.reader-at ReaderAt.Reading) (not (= start.reader.mode Mode.Ended)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: eof-behind-last-byte")
(push 1)
(assert (not (=> (= start.reader-at ReaderAt.Eof) (and start.shut (= start.kernel 0)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: reset-by-reader")
(push 1)
(assert (not (= start.was-reset (= start.reader-at ReaderAt.Reset))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: stops-at-limit")
(push 1)
(assert (= start.reader-at ReaderAt.Stopped))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: reads-to-limit")
(push 1)
(assert (not (<= start.received M)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: writes-what-is-inside")
(push 1)
(assert (not (=> (= start.next Next.Write) (not (= start.inside 0)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: never-waits")
(push 1)
(assert (= start.dispatcher.mode Mode.Waiting))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "start: all-at-once-if-it-fits")
(push 1)
(assert (not (=> (<= N K)
                (and (=> (= start.next Next.Write) (= start.accepted 0))
                  (=> (= start.next Next.Shutdown) (= start.inside 0))))))
(set-info :status unsat)
(check-sat)
(pop 1)

; ---- step: Every step keeps the invariant.

(echo "step: reader: natural")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (and (<= 0 inside)
                (<= 0 after-reader.kernel)
                (<= 0 accepted)
                (<= 0 after-reader.received))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: kernel-fits")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (<= after-reader.kernel K)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: nothing-made-up")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (ite after-reader.was-reset
                (= after-reader.kernel 0)
                (= accepted (+ after-reader.received after-reader.kernel)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: nothing-forgotten")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (ite (= next Next.Request)
                (and (= inside 0) (= accepted 0))
                (= (+ accepted inside) N))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: ended-is-shut-or-failed")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (and (= (or shut (not (= failed Failure.None)))
                     (= after-reader.dispatcher.mode Mode.Ended))
                (not (and shut (not (= failed Failure.None)))))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: fails-by-reset")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> (not (= failed Failure.None)) after-reader.was-reset)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: shutdown-comes-last")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> shut (= next Next.Shutdown))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: reader-waits-registered")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> (= after-reader.reader.mode Mode.Waiting) after-reader.wants-bytes)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: wants-bytes-has-reason")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> after-reader.wants-bytes (and (= after-reader.kernel 0) (not shut)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: reader-ends-for-a-reason")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (= (= after-reader.reader-at ReaderAt.Reading)
                (not (= after-reader.reader.mode Mode.Ended)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: eof-behind-last-byte")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> (= after-reader.reader-at ReaderAt.Eof) (and shut (= after-reader.kernel 0)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: reset-by-reader")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (= after-reader.was-reset (= after-reader.reader-at ReaderAt.Reset))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: stops-at-limit")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (= after-reader.reader-at ReaderAt.Stopped))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: reads-to-limit")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (<= after-reader.received M)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: writes-what-is-inside")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> (= next Next.Write) (not (= inside 0)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: never-waits")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (= after-reader.dispatcher.mode Mode.Waiting))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: reader: all-at-once-if-it-fits")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (=> (<= N K)
                (and (=> (= next Next.Write) (= accepted 0))
                  (=> (= next Next.Shutdown) (= inside 0))))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: natural")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (and (<= 0 after-dispatcher.inside)
                (<= 0 after-dispatcher.kernel)
                (<= 0 after-dispatcher.accepted)
                (<= 0 received))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: kernel-fits")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (<= after-dispatcher.kernel K)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: nothing-made-up")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (ite was-reset
                (= after-dispatcher.kernel 0)
                (= after-dispatcher.accepted (+ received after-dispatcher.kernel)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: nothing-forgotten")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (ite (= after-dispatcher.next Next.Request)
                (and (= after-dispatcher.inside 0) (= after-dispatcher.accepted 0))
                (= (+ after-dispatcher.accepted after-dispatcher.inside) N))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: ended-is-shut-or-failed")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (and (= (or after-dispatcher.shut (not (= after-dispatcher.failed Failure.None)))
                     (= after-dispatcher.dispatcher.mode Mode.Ended))
                (not (and after-dispatcher.shut (not (= after-dispatcher.failed Failure.None)))))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: fails-by-reset")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> (not (= after-dispatcher.failed Failure.None)) was-reset)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: shutdown-comes-last")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> after-dispatcher.shut (= after-dispatcher.next Next.Shutdown))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: reader-waits-registered")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> (= after-dispatcher.reader.mode Mode.Waiting) after-dispatcher.wants-bytes)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: wants-bytes-has-reason")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> after-dispatcher.wants-bytes
                (and (= after-dispatcher.kernel 0) (not after-dispatcher.shut)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: reader-ends-for-a-reason")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (= (= reader-at ReaderAt.Reading) (not (= after-dispatcher.reader.mode Mode.Ended)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: eof-behind-last-byte")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> (= reader-at ReaderAt.Eof)
                (and after-dispatcher.shut (= after-dispatcher.kernel 0)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: reset-by-reader")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (= was-reset (= reader-at ReaderAt.Reset))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: stops-at-limit")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (= reader-at ReaderAt.Stopped))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: reads-to-limit")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (<= received M)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: writes-what-is-inside")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> (= after-dispatcher.next Next.Write) (not (= after-dispatcher.inside 0)))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: never-waits")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (= after-dispatcher.dispatcher.mode Mode.Waiting))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "step: dispatcher: all-at-once-if-it-fits")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (=> (<= N K)
                (and (=> (= after-dispatcher.next Next.Write) (= after-dispatcher.accepted 0))
                  (=> (= after-dispatcher.next Next.Shutdown) (= after-dispatcher.inside 0))))))
(set-info :status unsat)
(check-sat)
(pop 1)

; Nothing is left inside when the dispatcher has shut down.

; ---- properties: The properties follow from the invariant.

(echo "properties: nothing-buffered-at-shutdown")
(push 1)
(assert invariant)
(assert (not (=> (and (<= N K) shut) (= inside 0))))
(set-info :status unsat)
(check-sat)
(pop 1)

; After the shutdown the dispatcher makes no call.

(echo "properties: one-shutdown")
(push 1)
(assert invariant)
(assert (not (=> shut (not (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled))))))
(set-info :status unsat)
(check-sat)
(pop 1)

; At the end the dispatcher has failed if the reader has reset, unless it had shut down before.

(echo "properties: reset-ends-with-error")
(push 1)
(assert invariant)
(assert (not (=> (and (not (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled)))
                    (not (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled)))
                    was-reset
                    (not shut))
                (not (= failed Failure.None)))))
(set-info :status unsat)
(check-sat)
(pop 1)

; At the end both have ended.

(echo "properties: no-stall")
(push 1)
(assert invariant)
(assert (not (=> (and (not (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled)))
                    (not (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled))))
                (and (= dispatcher.mode Mode.Ended) (= reader.mode Mode.Ended)))))
(set-info :status unsat)
(check-sat)
(pop 1)

; The measure: two numbers. A step makes the first one smaller, or keeps it and makes the second one
; smaller.
(define-fun bytes-to-go () Int
  (+ (ite (= next Next.Request) N inside)
    (ite (= next Next.Request) N inside)
    kernel
    (ite (not (= dispatcher.mode Mode.Ended)) 1 0)
    (ite (= reader-at ReaderAt.Reading) 1 0)
    (ite (not (= next Next.Shutdown)) 1 0)
    (ite (= next Next.Request) 1 0)))
(define-fun calls-to-go () Int
  (+ (ite (or (= dispatcher.mode Mode.Called) (= dispatcher.mode Mode.Polled)) 1 0)
    (ite (and (= dispatcher.mode Mode.Polled) dispatcher.owed (not dispatcher.fresh)) 1 0)
    (ite (or (= reader.mode Mode.Called) (= reader.mode Mode.Polled)) 1 0)
    (ite (and (= reader.mode Mode.Polled) reader.owed (not reader.fresh)) 1 0)))
(define-fun after-reader.bytes-to-go () Int
  (+ (ite (= next Next.Request) N inside)
    (ite (= next Next.Request) N inside)
    after-reader.kernel
    (ite (not (= after-reader.dispatcher.mode Mode.Ended)) 1 0)
    (ite (= after-reader.reader-at ReaderAt.Reading) 1 0)
    (ite (not (= next Next.Shutdown)) 1 0)
    (ite (= next Next.Request) 1 0)))
(define-fun after-reader.calls-to-go () Int
  (+ (ite (or (= after-reader.dispatcher.mode Mode.Called)
            (= after-reader.dispatcher.mode Mode.Polled))
       1
       0)
    (ite (and (= after-reader.dispatcher.mode Mode.Polled)
           after-reader.dispatcher.owed
           (not dispatcher.fresh))
      1
      0)
    (ite (or (= after-reader.reader.mode Mode.Called) (= after-reader.reader.mode Mode.Polled)) 1 0)
    (ite (and (= after-reader.reader.mode Mode.Polled)
           after-reader.reader.owed
           (not after-reader.reader.fresh))
      1
      0)))
(define-fun after-dispatcher.bytes-to-go () Int
  (+ (ite (= after-dispatcher.next Next.Request) N after-dispatcher.inside)
    (ite (= after-dispatcher.next Next.Request) N after-dispatcher.inside)
    after-dispatcher.kernel
    (ite (not (= after-dispatcher.dispatcher.mode Mode.Ended)) 1 0)
    (ite (= reader-at ReaderAt.Reading) 1 0)
    (ite (not (= after-dispatcher.next Next.Shutdown)) 1 0)
    (ite (= after-dispatcher.next Next.Request) 1 0)))
(define-fun after-dispatcher.calls-to-go () Int
  (+ (ite (or (= after-dispatcher.dispatcher.mode Mode.Called)
            (= after-dispatcher.dispatcher.mode Mode.Polled))
       1
       0)
    (ite (and (= after-dispatcher.dispatcher.mode Mode.Polled)
           after-dispatcher.dispatcher.owed
           (not after-dispatcher.dispatcher.fresh))
      1
      0)
    (ite (or (= after-dispatcher.reader.mode Mode.Called)
           (= after-dispatcher.reader.mode Mode.Polled))
      1
      0)
    (ite (and (= after-dispatcher.reader.mode Mode.Polled)
           after-dispatcher.reader.owed
           (not reader.fresh))
      1
      0)))

; ---- end: Every step makes the measure smaller, which is never negative: every execution ends.

(echo "end: the measure is natural")
(push 1)
(assert invariant)
(assert (not (and (<= 0 bytes-to-go) (<= 0 calls-to-go))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "end: reader: the measure decreases")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (or (not (<= bytes-to-go after-reader.bytes-to-go))
                (and (= after-reader.bytes-to-go bytes-to-go)
                  (not (<= calls-to-go after-reader.calls-to-go))))))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "end: dispatcher: the measure decreases")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (not (or (not (<= bytes-to-go after-dispatcher.bytes-to-go))
                (and (= after-dispatcher.bytes-to-go bytes-to-go)
                  (not (<= calls-to-go after-dispatcher.calls-to-go))))))
(set-info :status unsat)
(check-sat)
(pop 1)

; ---- prompt: A reader that takes all there is in one read makes the steps of one with R = K.

(echo "prompt: reader: the same step")
(push 1)
(assert invariant)
(assert reader-can-move)
(assert (not (and (= (ite (<= M received)
                        0
                        (ite (= kernel 0)
                          kernel
                          (ite (<= kernel (- M received))
                            (- kernel kernel)
                            (- kernel (- M received)))))
                     (ite (<= M received)
                       0
                       (ite (= kernel 0)
                         kernel
                         (ite (<= kernel K)
                           (ite (<= kernel (- M received))
                             (- kernel kernel)
                             (- kernel (- M received)))
                           (ite (<= K (- M received)) (- kernel K) (- kernel (- M received)))))))
                (= (ite (<= M received)
                     received
                     (ite (= kernel 0)
                       received
                       (ite (<= kernel (- M received))
                         (+ received kernel)
                         (+ received (- M received)))))
                  (ite (<= M received)
                    received
                    (ite (= kernel 0)
                      received
                      (ite (<= kernel K)
                        (ite (<= kernel (- M received))
                          (+ received kernel)
                          (+ received (- M received)))
                        (ite (<= K (- M received)) (+ received K) (+ received (- M received))))))))))
(set-info :status unsat)
(check-sat)
(pop 1)

; In a step numbers can compare in 13 ways, as far as the step asks. Steps of states that are
; reachable with N, K, R and M up to 4 take 11 of them; these are the others.

; ---- cases: The numbers of a step compare at every size as those of some step at a small size.

(echo "cases: dispatcher: case 10 is impossible")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (and (not (= next Next.Request))
           (= next Next.Write)
           (not was-reset)
           (not (<= (- K kernel) inside))
           (= inside 0)))
(set-info :status unsat)
(check-sat)
(pop 1)

(echo "cases: dispatcher: case 12 is impossible")
(push 1)
(assert invariant)
(assert dispatcher-can-move)
(assert (and (not (= next Next.Request))
           (= next Next.Write)
           (not was-reset)
           (not (<= (- K kernel) inside))
           (not (= inside 0))
           (not (= (- inside inside) 0))))
(set-info :status unsat)
(check-sat)
(pop 1)
(define-fun large-sizes () Bool (and (<= 1000 R) (<= (+ R 1000) K) (<= (+ K 1000) N)))

; ---- premises: What the others assume is possible, also for large sizes.

(echo "premises: the reader can move")
(push 1)
(assert invariant)
(assert (and reader-can-move large-sizes))
(set-info :status sat)
(check-sat)
(pop 1)

(echo "premises: the dispatcher can move")
(push 1)
(assert invariant)
(assert (and dispatcher-can-move large-sizes))
(set-info :status sat)
(check-sat)
(pop 1)

(echo "premises: the dispatcher has shut down")
(push 1)
(assert invariant)
(assert (and shut large-sizes))
(set-info :status sat)
(check-sat)
(pop 1)

(echo "premises: the reader waits")
(push 1)
(assert invariant)
(assert (and (= reader.mode Mode.Waiting) large-sizes))
(set-info :status sat)
(check-sat)
(pop 1)

(echo "premises: an execution has ended")
(push 1)
(assert invariant)
(assert (and at-the-end large-sizes))
(set-info :status sat)
(check-sat)
(pop 1)

(echo "premises: the reader has reset before the shutdown")
(push 1)
(assert invariant)
(assert (and at-the-end was-reset (not shut) large-sizes))
(set-info :status sat)
(check-sat)
(pop 1)

(echo "premises: the reader has reset after the shutdown")
(push 1)
(assert invariant)
(assert (and at-the-end was-reset shut large-sizes))
(set-info :status sat)
(check-sat)
(pop 1)
(pop 1)
