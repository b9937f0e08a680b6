"""Who gets what: every route and method with what each role is answered. Tried by test_access.py.

A row:  METHOD endpoint arg=value … < field=value … | role:answer role,role:answer *:answer

`@name` is something of the world (world.py), everything else is meant as it stands, with + for a space. Arguments
that are no part of the address go into its query. After `<` stands the body of a POST; `@` of a file uploads it.
Roles: those of world.ROLES; groups: people (all but the visitor), authors, agencies; `*` is everybody not named.
What stands further left wins. The first row of a route and method tells of every role; further ones (other
things of the same kind, ids swapped between parents) need only tell of those whom they are about.

Answers:
  200 401 403 404 405 409 410 422 429   the status; nothing was changed
  login   sent to /masuk, or told to go there (a form, 401); nothing was changed
  away    sent elsewhere; nothing was changed
  done    sent elsewhere; rows were written and committed
  200+    the same, and rows were written and committed (the view of somebody's record is noted); so 201+
  again   the form once more with what is wrong (422, or 200 from forms that stay on their page); nothing was changed
"""

from __future__ import annotations

TABLE = """
# --- home, help, probes --------------------------------------------------------------------------------------
GET  home.front                                                       | *:200
GET  home.help_page                                                   | *:200
GET  search.index q=perahu                                            | *:200
GET  home.my_page                                                     | visitor:login *:200
GET  home.staff                                                       | visitor:login agencies,auditor:200 *:403
GET  home.appearance                                                  | *:200
POST home.appearance < theme=dark next=/bantuan                       | visitor:away *:done
GET  probes.alive                                                     | *:200
GET  probes.ready                                                     | *:200
GET  operating.metrics                                                | *:200

# --- coming in -----------------------------------------------------------------------------------------------
GET  accounts.sign_in                                                 | visitor:200 *:away
POST accounts.sign_in < email=@email password=@password               | visitor:done *:away
POST accounts.sign_in < email=@email password=salah                   | visitor:422+
POST accounts.sign_in < email=@email password=@password next=//lain.id | visitor:done
POST accounts.sign_out                                                | visitor:away *:done
GET  accounts.register                                                | visitor:200 *:away
POST accounts.register < name=Ani email=ani@contoh.id password=@new_password accept=y notice_version=@notice_version | visitor:done *:away
GET  accounts.confirm token=@confirm_token                            | *:200
POST accounts.confirm token=@confirm_token                            | *:done
GET  accounts.confirm token=@reset_token                              | visitor:410
POST accounts.confirm token=@reset_token                              | visitor:410
POST accounts.confirm_again token=@confirm_token                      | *:done
POST accounts.confirm_again token=@reset_token                        | visitor:410
GET  accounts.check_mail                                              | *:200
GET  accounts.forgotten                                               | *:200
POST accounts.forgotten < email=@email                                | *:done
GET  accounts.new_password token=@reset_token                         | *:200
POST accounts.new_password token=@reset_token < password=@new_password | *:done
GET  accounts.new_password token=@admin_token                         | visitor:410
POST accounts.new_password token=@admin_token < password=@new_password | visitor:410
GET  accounts.admin_link token=@admin_token                           | *:200
POST accounts.admin_link token=@admin_token                           | *:done
GET  accounts.admin_link token=@confirm_token                         | visitor:410
POST accounts.admin_link token=@confirm_token                         | visitor:410
GET  accounts.privacy_notice                                          | *:200

# --- the own account -----------------------------------------------------------------------------------------
GET  accounts.account                                                 | visitor:login *:200
GET  accounts.name                                                    | visitor:login *:200
POST accounts.name < name=Nama+Baru                                   | visitor:login *:done
GET  accounts.preferences                                             | visitor:login *:200
POST accounts.preferences < zone=Asia/Makassar language=id            | visitor:login *:done
GET  accounts.nip                                                     | visitor:login *:200
POST accounts.nip < nip=199003152015041001                            | visitor:login *:done
GET  accounts.email                                                   | visitor:login *:200
POST accounts.email < email=baru@contoh.go.id                         | visitor:login *:done
GET  accounts.confirm_email token=@email_token                        | *:200
POST accounts.confirm_email token=@email_token                        | *:done
GET  accounts.confirm_email token=@reset_token                        | visitor:410
POST accounts.confirm_email token=@reset_token                        | visitor:410
GET  accounts.password                                                | visitor:login *:200
POST accounts.password < old=@password new=@new_password              | visitor:login *:done
GET  accounts.prove                                                   | visitor:login *:200
POST accounts.prove < password=@password                              | visitor:login *:done
GET  accounts.sessions                                                | visitor:login *:200
POST accounts.end_session sign_in_id=@sign_in                         | visitor:login learner:done *:404
GET  accounts.api_tokens                                              | visitor:login *:200
GET  accounts.make_api_token                                          | visitor:login *:200
POST accounts.make_api_token < name=Aplikasi days=90                  | visitor:login *:200+
POST accounts.make_api_token < name=Aplikasi days=366                 | learner:again
POST accounts.make_api_token < name=Aplikasi days=90 scopes=lain      | learner:again
POST accounts.end_api_token token_id=@api_token                       | visitor:login learner:done *:404
POST accounts.end_other_sessions                                      | visitor:login *:done
GET  accounts.memberships                                             | visitor:login *:200
POST accounts.memberships < organisation=@empty_name position=Analis  | visitor:login *:done
POST accounts.end_membership membership_id=@claim                     | visitor:login learner:done *:404
GET  accounts.consents                                                | visitor:login *:200
POST accounts.consents                                                | visitor:login *:done
GET  accounts.download                                                | visitor:login *:200
POST accounts.download                                                | visitor:login *:200+
GET  accounts.erase                                                   | visitor:login *:200
POST accounts.erase < sure=y                                          | visitor:login *:done
GET  staff.viewed                                                     | visitor:login *:200
GET  notifications.inbox                                              | visitor:login *:200
POST notifications.open_item item_id=@notice                          | visitor:login learner:done *:404
POST notifications.read_all                                           | visitor:login *:done

# --- courses -------------------------------------------------------------------------------------------------
GET  learning.courses                                                 | *:200
GET  learning.course slug=@course                                     | *:200
GET  learning.course slug=@draft                                      | visitor,learner,author,admin:404
GET  learning.course slug=@deleted                                    | visitor,learner,author,admin:404
# by link: its authors know of it, and who has joined; for everybody else it does not exist
GET  learning.course slug=@linked                                     | author,admin:200 *:404
GET  learning.course slug=@joined                                     | learner,author,admin:200 *:404
GET  learning.course_file slug=@course name=lembar.txt                | *:200
GET  learning.course_file slug=@foreign name=lembar.txt               | visitor,learner,admin:404
GET  learning.course_file slug=@joined name=lembar.txt                | learner,author,admin:200 *:404
POST learning.enrol slug=@course                                      | visitor:login learner:away *:done
POST learning.enrol slug=@draft                                       | learner:404
POST learning.enrol slug=@linked                                      | visitor:login author,admin:403 *:404
POST learning.enrol slug=@joined                                      | visitor:login learner:away author,admin:403 *:404
GET  learning.invitation slug=@linked token=@invitation               | visitor:login *:200
GET  learning.invitation slug=@linked token=salah                     | learner:404
GET  learning.invitation slug=@course token=@invitation               | learner:404
POST learning.accept_invitation slug=@linked token=@invitation        | visitor:login *:done
POST learning.accept_invitation slug=@linked token=salah              | learner:404
POST learning.accept_invitation slug=@course token=@invitation        | learner:404
POST learning.leave slug=@course                                      | visitor:login learner:done *:404
POST learning.complete slug=@finished                                 | visitor:login learner:done *:404
POST learning.complete slug=@course                                   | learner:away
GET  learning.applicants slug=@course                                 | visitor:login author,admin:200 *:403
GET  learning.applicants slug=@foreign                                | other_author,admin:200 author:403
GET  learning.applicants slug=@joined                                 | visitor:login learner:403 author,admin:200 *:404
POST learning.accept slug=@course enrolment_id=@asked                 | visitor:login author,admin:done *:403
POST learning.accept slug=@course enrolment_id=@foreign_asked         | author,admin:404
POST learning.accept slug=@joined enrolment_id=@asked                 | visitor:login learner:403 *:404
GET  learning.refuse slug=@course enrolment_id=@asked                 | visitor:login author,admin:200 *:403
GET  learning.refuse slug=@course enrolment_id=@foreign_asked         | author,admin:404
GET  learning.refuse slug=@joined enrolment_id=@asked                 | visitor:login learner:403 *:404
POST learning.refuse slug=@course enrolment_id=@asked < reason=Penuh  | visitor:login author,admin:done *:403
POST learning.refuse slug=@course enrolment_id=@foreign_asked < reason=Penuh | author,admin:404

# --- lessons: who is not enrolled is sent to the course's page ------------------------------------------------
GET  learning.lesson slug=@course lesson_id=@membaca                  | visitor:login learner:200 *:away
GET  learning.lesson slug=@course lesson_id=@berkas                   | learner:200
GET  learning.lesson slug=@course lesson_id=@kuis                     | learner:200
GET  learning.lesson slug=@course lesson_id=@langkah                  | learner:200
GET  learning.lesson slug=@course lesson_id=@foreign_lesson           | learner:away
GET  learning.lesson slug=@foreign lesson_id=@membaca                 | learner:away
GET  learning.lesson slug=@draft lesson_id=@membaca                   | learner:404
GET  learning.lesson slug=@joined lesson_id=@joined_lesson            | visitor:login learner:200 author,admin:away *:404
POST learning.go_on slug=@course lesson_id=@membaca                   | visitor:login learner:done *:away
POST learning.go_on slug=@course lesson_id=@foreign_lesson            | learner:away
POST learning.go_on slug=@joined lesson_id=@joined_lesson             | visitor:login learner:done author,admin:away *:404
POST learning.field_task slug=@course lesson_id=@langkah < text=Tiga+kata+nyata base=0 kirim=1 | visitor:login learner:done *:away
POST learning.field_task slug=@course lesson_id=@membaca < text=Bukan+langkah base=0 | learner:404
POST learning.start_quiz slug=@course lesson_id=@kuis_baru            | visitor:login learner:done *:away
POST learning.start_quiz slug=@course lesson_id=@membaca              | learner:404
POST learning.start_quiz slug=@course lesson_id=@foreign_quiz         | learner:away
# attempt 1 is closed, 2 is open; 3 exists for somebody else only
GET  learning.attempt slug=@course lesson_id=@kuis number=1           | visitor:login learner:200 *:away
GET  learning.attempt slug=@course lesson_id=@kuis number=2           | learner:200
GET  learning.attempt slug=@course lesson_id=@kuis number=3           | learner:404
GET  learning.attempt slug=@course lesson_id=@kuis_baru number=2      | learner:404
GET  learning.question slug=@course lesson_id=@kuis number=2 slot=1   | visitor:login learner:200 *:away
GET  learning.question slug=@course lesson_id=@kuis number=2 slot=3   | learner:404
GET  learning.question slug=@course lesson_id=@kuis number=3 slot=1   | learner:404
POST learning.answer slug=@course lesson_id=@kuis number=2 slot=1 < jawaban=a | visitor:login learner:done *:away
POST learning.answer slug=@course lesson_id=@kuis number=2 slot=3 < jawaban=a | learner:404
POST learning.answer slug=@course lesson_id=@kuis number=3 slot=1 < jawaban=a | learner:404
POST learning.save_answer slug=@course lesson_id=@kuis number=2 slot=1 < jawaban=a sequence=1 | visitor:login learner:200+ *:away
POST learning.save_answer slug=@course lesson_id=@kuis number=2 slot=3 < jawaban=a sequence=1 | learner:404
POST learning.save_answer slug=@course lesson_id=@kuis number=3 slot=1 < jawaban=a sequence=1 | learner:404
POST learning.submit_quiz slug=@course lesson_id=@kuis number=2       | visitor:login learner:done *:away
POST learning.submit_quiz slug=@course lesson_id=@kuis number=3       | learner:404

# --- certificates and JP -------------------------------------------------------------------------------------
GET  credentials.check_number                                         | *:200
GET  credentials.certificate number=@certificate                      | *:200
GET  credentials.certificate number=EKOPI-2026-0000-0000-0000         | visitor,admin:404
GET  credentials.certificate_pdf number=@certificate                  | visitor:login learner:200 *:404
GET  credentials.certificate_pdf number=@other_certificate            | coach:200 learner,admin:404
GET  credentials.my_certificates                                      | visitor:login *:200
GET  credentials.account                                              | visitor:login *:200
GET  credentials.staff_list                                           | visitor:login admin:200 *:403
GET  credentials.staff_certificate number=@certificate                | visitor:login admin:200 *:403
GET  credentials.revoke number=@certificate                           | visitor:login admin:200 *:403
POST credentials.revoke number=@certificate < reason=@reason with_jp=y | visitor:login admin:done *:403
GET  credentials.revoke number=@admin_certificate                     | admin:403
POST credentials.revoke number=@admin_certificate < reason=@reason    | admin:403
GET  credentials.reissue number=@certificate                          | visitor:login admin:200 *:403
POST credentials.reissue number=@certificate < name=Peserta+Benar reason=@reason | visitor:login admin:done *:403
GET  credentials.reissue number=@admin_certificate                    | admin:403
POST credentials.reissue number=@admin_certificate < name=Admin+Benar reason=@reason | admin:403

# --- the studio ----------------------------------------------------------------------------------------------
GET  studio.shelf                                                     | visitor:login authors:200 *:403
GET  studio.new_course                                                | visitor:login authors:200 *:403
POST studio.new_course < title=Kursus+Baru organisation_id=@ours once=x | visitor:login author,admin:done other_author:again *:403
POST studio.new_course < title=Kursus+Baru organisation_id=0 once=x   | admin:done author,other_author:again
GET  studio.import_archive                                            | visitor:login authors:200 *:403
POST studio.import_archive < file=@archive organisation_id=@ours act=import | visitor:login author,admin:done other_author:again *:403
POST studio.import_archive < file=@taken_archive organisation_id=@ours act=import | admin:done author:403
GET  studio.outline slug=@course                                      | visitor:login author,admin:200 other_author:404 *:403
GET  studio.outline slug=@draft                                       | author,admin:200 other_author:404
GET  studio.outline slug=@foreign                                     | other_author,admin:200 author:404
GET  studio.outline slug=@deleted                                     | authors:404
POST studio.add_module slug=@course < modul-title=Tiga                | visitor:login author,admin:done other_author:404 *:403
GET  studio.module slug=@course key=satu                              | visitor:login author,admin:200 other_author:404 *:403
POST studio.module slug=@course key=satu < title=Lain base=@module_stamp | visitor:login author,admin:done other_author:404 *:403
GET  studio.module slug=@foreign key=dua                              | other_author,admin:404
POST studio.module slug=@course key=satu < title=Lain base=old        | author,admin:409
POST studio.module slug=@foreign key=dua < title=Lain                 | other_author,admin:404
POST studio.move_module slug=@course key=dua < arah=naik              | visitor:login author,admin:done other_author:404 *:403
POST studio.move_module slug=@course key=asing < arah=naik            | author,admin:404
POST studio.remove_module slug=@course key=dua                        | visitor:login author,admin:done other_author:404 *:403
POST studio.remove_module slug=@foreign key=dua                       | other_author,admin:404
POST studio.add_lesson slug=@course < materi-title=Baru materi-kind=text materi-module=satu | visitor:login author,admin:done other_author:404 *:403
GET  studio.lesson slug=@course key=membaca                           | visitor:login author,admin:200 other_author:404 *:403
GET  studio.lesson slug=@course key=kuis                              | author,admin:200
GET  studio.lesson slug=@course key=asing                             | author,admin:404
POST studio.lesson slug=@course key=membaca < title=Baru minutes=5 text=Isi base=@edition sequence=1 | visitor:login author,admin:done other_author:404 *:403
POST studio.lesson slug=@course key=asing < title=Baru minutes=5 text=Isi base=1 sequence=1 | author,admin:404
POST studio.autosave slug=@course key=membaca < title=Baru minutes=5 text=Isi base=@edition sequence=1 | visitor:login author,admin:200+ other_author:404 *:403
POST studio.autosave slug=@course key=membaca < title=Baru minutes=5 text=Isi base=99 sequence=1 | author,admin:409
POST studio.autosave slug=@course key=asing < title=Baru minutes=5 text=Isi base=1 sequence=1 | author,admin:404
POST studio.move_lesson slug=@course key=berkas < arah=naik           | visitor:login author,admin:done other_author:404 *:403
POST studio.move_lesson slug=@course key=asing < arah=naik            | author,admin:404
POST studio.require_lesson slug=@course key=berkas < wajib=tidak      | visitor:login author,admin:done other_author:404 *:403
POST studio.require_lesson slug=@course key=asing < wajib=tidak       | author,admin:404
POST studio.remove_lesson slug=@course key=berkas                     | visitor:login author,admin:done other_author:404 *:403
POST studio.remove_lesson slug=@course key=asing                      | author,admin:404
POST studio.restore_lesson slug=@course key=lepas                     | visitor:login author,admin:done other_author:404 *:403
POST studio.restore_lesson slug=@course key=asing                     | author,admin:404
POST studio.undo slug=@course token=@undo                             | visitor:login author,admin:done other_author:404 *:403
POST studio.undo slug=@course token=@foreign_undo                     | author,admin:404
POST studio.undo slug=@course token=salah                             | author,admin:404
POST studio.preview slug=@course < text=Halo                          | visitor:login author,admin:200 other_author:404 *:403
GET  studio.learner_view slug=@course                                 | visitor:login author,admin:200 other_author:404 *:403
GET  studio.learner_view slug=@course key=kuis                        | author,admin:200
GET  studio.learner_view slug=@course key=asing                       | author,admin:404
GET  studio.questions slug=@course                                    | visitor:login author,admin:200 other_author:404 *:403
GET  studio.new_question slug=@course                                 | visitor:login author,admin:200 other_author:404 *:403
POST studio.new_question slug=@course < text=@question                | visitor:login author,admin:done other_author:404 *:403
GET  studio.question slug=@course key=q1                              | visitor:login author,admin:200 other_author:404 *:403
GET  studio.question slug=@finished key=q1                            | author,admin:404
POST studio.question slug=@course key=q1 < text=@question_q1 base=@question_edition | visitor:login author,admin:done other_author:404 *:403
POST studio.question slug=@finished key=q1 < text=@question_q1 base=1 | author,admin:404
POST studio.autosave_question slug=@course key=q1 < text=@question_q1 base=@question_edition sequence=1 | visitor:login author,admin:200+ other_author:404 *:403
POST studio.autosave_question slug=@course key=q1 < text=@question_q1 base=99 sequence=1 | author,admin:409
POST studio.autosave_question slug=@finished key=q1 < text=@question_q1 base=1 sequence=1 | author,admin:404
POST studio.preview_question slug=@course < text=@question_q1           | visitor:login author,admin:200 other_author:404 *:403
POST studio.remove_question slug=@course key=q3                       | visitor:login author,admin:done other_author:404 *:403
POST studio.remove_question slug=@course key=q1                       | author,admin:409
POST studio.remove_question slug=@finished key=q1                     | author,admin:404
POST studio.restore_question slug=@course key=q5                      | visitor:login author,admin:done other_author:404 *:403
POST studio.restore_question slug=@finished key=q1                    | author,admin:404
POST studio.undo slug=@course token=@undo_question                    | author,admin:done other_author:404
POST studio.undo slug=@course token=@undo_file                        | author,admin:done other_author:404
GET  studio.files slug=@course                                        | visitor:login author,admin:200 other_author:404 *:403
POST studio.files slug=@course < file=@note                           | visitor:login author,admin:done other_author:404 *:403
POST studio.remove_file slug=@course < name=files/sisa.txt            | visitor:login author,admin:done other_author:404 *:403
POST studio.remove_file slug=@course < name=files/asing.txt           | author,admin:404
GET  studio.draft_file slug=@course name=sisa.txt                     | visitor:login author,admin:200 other_author:404 *:403
GET  studio.draft_file slug=@foreign name=sisa.txt                    | other_author,admin:404
GET  studio.settings slug=@course                                     | visitor:login author,admin:200 other_author:404 *:403
POST studio.settings slug=@course < title=Baru jp=2 language=id enrolment=open base=@settings_stamp | visitor:login author,admin:done other_author:404 *:403
GET  studio.changes slug=@course                                      | visitor:login author,admin:200 other_author:404 *:403
POST studio.changes slug=@course < seen=@stamp what=semua note=Perbaikan | visitor:login author,admin:done other_author:404 *:403
POST studio.discard slug=@course item_id=@item < edition=@edition        | visitor:login author,admin:done other_author:404 *:403
POST studio.discard slug=@course item_id=@item < edition=1               | author,admin:409
POST studio.discard slug=@foreign item_id=@item < edition=@edition       | other_author,admin:404
GET  studio.history slug=@course                                      | visitor:login author,admin:200 other_author:404 *:403
GET  studio.publication slug=@course number=2                         | visitor:login author,admin:200 other_author:404 *:403
GET  studio.publication slug=@foreign number=2                        | other_author,admin:404
GET  studio.revert slug=@course number=1                              | visitor:login author,admin:200 other_author:404 *:403
GET  studio.revert slug=@foreign number=2                             | other_author,admin:404
POST studio.revert slug=@course number=1 < seen=2 note=Kembali        | visitor:login author,admin:done other_author:404 *:403
POST studio.revert slug=@course number=1 < seen=1 note=Kembali        | author,admin:409
POST studio.revert slug=@course number=2 < seen=2 note=Kembali        | author,admin:409
POST studio.revert slug=@foreign number=2 < seen=1 note=Kembali       | other_author,admin:404
GET  studio.export_archive slug=@course                               | visitor:login author,admin:200 other_author:404 *:403
POST studio.renew_link slug=@course                                   | visitor:login author,admin:done other_author:404 *:403
POST studio.delete slug=@course                                       | visitor:login author,admin:done other_author:404 *:403
POST studio.undelete slug=@deleted                                    | visitor:login author,admin:done other_author:404 *:403
POST studio.undelete slug=@course                                     | authors:404

# --- the people of an agency ---------------------------------------------------------------------------------
GET  staff.members                                                    | visitor:login agencies:200 *:403
GET  staff.members unit=@ours                                         | agency_admin,admin:200 other_agency_admin:404
GET  staff.member person_id=@learner_id                               | visitor:login agencies:200+ *:403
GET  staff.member person_id=@coach_id                                 | agencies:404
POST staff.confirm < keanggotaan=@claim                               | visitor:login agency_admin,admin:done other_agency_admin:404 *:403
POST staff.confirm < keanggotaan=@foreign_claim                       | other_agency_admin,admin:done agency_admin:404
POST staff.confirm < keanggotaan=@own_seat                            | agency_admin:403 admin:away other_agency_admin:404
GET  staff.refuse person_id=@learner_id membership_id=@claim          | visitor:login agency_admin,admin:200 other_agency_admin:404 *:403
GET  staff.refuse person_id=@coach_id membership_id=@claim            | agencies:404
POST staff.refuse person_id=@learner_id membership_id=@claim < reason=@reason | visitor:login agency_admin,admin:done other_agency_admin:404 *:403
POST staff.refuse person_id=@coach_id membership_id=@claim < reason=@reason | agencies:404
POST staff.refuse person_id=@learner_id membership_id=@foreign_claim < reason=@reason | other_agency_admin,admin:done agency_admin:404
POST staff.end person_id=@learner_id membership_id=@seat              | visitor:login agency_admin,admin:done other_agency_admin:404 *:403
POST staff.end person_id=@coach_id membership_id=@seat                | agencies:404
POST staff.end person_id=@agency_admin_id membership_id=@own_seat     | admin:done agency_admin:403 other_agency_admin:404
POST staff.reopen person_id=@learner_id membership_id=@ended          | visitor:login agency_admin,admin:done other_agency_admin:404 *:403
POST staff.reopen person_id=@coach_id membership_id=@ended            | agencies:404
GET  staff.download                                                   | visitor:login agencies:200 *:403
POST staff.download < unit=@ours year=@year                           | visitor:login agency_admin,admin:200+ other_agency_admin:404 *:403

# --- people, roles, organisations of the whole platform --------------------------------------------------------
GET  staff.people                                                     | visitor:login admin:200 *:403
GET  staff.person person_id=@learner_id                               | visitor:login admin:200+ *:403
GET  staff.person person_id=@admin_id                                 | admin:200
POST staff.disable person_id=@learner_id                              | visitor:login admin:done *:403
POST staff.disable person_id=@admin_id                                | admin:409
POST staff.enable person_id=@disabled_id                              | visitor:login admin:done *:403
POST staff.enable person_id=@learner_id                               | admin:409
POST staff.resend person_id=@pending_id                               | visitor:login admin:done *:403
POST staff.resend person_id=@learner_id                               | admin:409
POST staff.end_sign_ins person_id=@learner_id                         | visitor:login admin:done *:403
GET  staff.roles                                                      | visitor:login admin:200 *:403
GET  staff.grant person_id=@learner_id                                | visitor:login admin:200 *:403
POST staff.grant person_id=@learner_id < kind=coach place=organisation organisation=@ours_name | visitor:login admin:done *:403
POST staff.revoke person_id=@coach_id role_id=@role                   | visitor:login admin:done *:403
POST staff.revoke person_id=@learner_id role_id=@role                 | admin:404
GET  staff.organisations                                              | visitor:login admin:200 *:403
GET  staff.organisation organisation_id=@ours                         | visitor:login admin:200 *:403
GET  staff.organisation organisation_id=@gone                         | admin:404
GET  staff.create_organisation                                        | visitor:login admin:200 *:403
POST staff.create_organisation < name=Dinas+Baru kind=agency once=y   | visitor:login admin:done *:403
GET  staff.change_organisation organisation_id=@ours                  | visitor:login admin:200 *:403
POST staff.change_organisation organisation_id=@ours < name=Dinas+Lain kind=agency | visitor:login admin:done *:403
GET  staff.move_organisation organisation_id=@unit                    | visitor:login admin:200 *:403
POST staff.move_organisation organisation_id=@unit < parent=@empty_name | visitor:login admin:done *:403
POST staff.delete_organisation organisation_id=@empty                 | visitor:login admin:done *:403
POST staff.delete_organisation organisation_id=@ours                  | admin:409
POST staff.restore_organisation organisation_id=@gone                 | visitor:login admin:done *:403
GET  staff.trail                                                      | visitor:login auditor,admin:200 *:403

# --- the catalogue ---------------------------------------------------------------------------------------------
GET  catalogue.index                                                  | *:200
GET  catalogue.index q=inovasi urusan=2                               | visitor,admin:200
GET  catalogue.short innovation_id=@innovation                        | *:away
GET  catalogue.short innovation_id=@closed                            | agency_admin,admin:away *:404
GET  catalogue.innovation innovation_id=@innovation slug=@innovation_slug | *:200
GET  catalogue.innovation innovation_id=@innovation slug=@closed_slug | *:away
GET  catalogue.innovation innovation_id=@closed slug=@closed_slug     | agency_admin,admin:200 *:404
GET  catalogue.innovation innovation_id=@merged slug=@merged_slug     | *:away
GET  catalogue.innovation innovation_id=@withdrawn slug=@withdrawn_slug | *:410
GET  catalogue.sources innovation_id=@innovation slug=@innovation_slug | *:200
GET  catalogue.sources innovation_id=@closed slug=@closed_slug        | agency_admin,admin:200 *:404
GET  catalogue.sources innovation_id=@innovation slug=@closed_slug    | *:away
GET  catalogue.history innovation_id=@innovation slug=@innovation_slug | *:200
GET  catalogue.history innovation_id=@closed slug=@closed_slug        | agency_admin,admin:200 *:404
GET  catalogue.history innovation_id=@innovation slug=@closed_slug    | *:away
GET  catalogue.as_json innovation_id=@innovation                      | *:200
GET  catalogue.as_json innovation_id=@closed                          | agency_admin,admin:200 *:404
GET  catalogue.picture sha256=@picture                                | *:200
GET  catalogue.picture sha256=tidak-ada                               | *:404
GET  catalogue.edit innovation_id=@innovation                         | visitor:login agency_admin,admin:200 *:403
GET  catalogue.edit innovation_id=@closed                             | visitor:login agency_admin,admin:200 *:404
POST catalogue.edit innovation_id=@innovation < problem=Baru base=@innovation_base | visitor:login agency_admin,admin:done *:403
POST catalogue.edit innovation_id=@closed < problem=Baru base=@innovation_base | visitor:login agency_admin,admin:done *:404

# --- caring for innovations and taking them over ------------------------------------------------------------------
GET  catalogue.answer_by_link innovation_id=@cared said=berlanjut person_id=@agency_admin_id word=@word | *:200
GET  catalogue.answer_by_link innovation_id=@cared said=mungkin person_id=@agency_admin_id word=@word | visitor:404
GET  catalogue.answer_by_link innovation_id=@cared said=berlanjut person_id=@agency_admin_id word=salah | visitor,admin:410
GET  catalogue.answer_by_link innovation_id=@innovation said=berlanjut person_id=@agency_admin_id word=@word | visitor,admin:410
POST catalogue.answer_by_link innovation_id=@cared said=berlanjut person_id=@agency_admin_id word=@word | *:done
POST catalogue.answer_by_link innovation_id=@cared said=berhenti person_id=@agency_admin_id word=@word | visitor:again
POST catalogue.answer_by_link innovation_id=@cared said=berlanjut person_id=@learner_id word=@word | visitor,learner,admin:410
GET  catalogue.answer innovation_id=@innovation                       | visitor:login agency_admin,admin:200 *:403
GET  catalogue.answer innovation_id=@closed                           | visitor:login agency_admin,admin:200 *:404
POST catalogue.answer innovation_id=@innovation < answer=growing      | visitor:login agency_admin,admin:done *:403
POST catalogue.answer innovation_id=@innovation < answer=stopped      | agency_admin,admin:again
POST catalogue.answer innovation_id=@closed < answer=growing          | visitor:login agency_admin,admin:done *:404
GET  catalogue.debtors                                                | visitor:login agencies:200 *:403
GET  catalogue.debts organisation_id=@ours                            | visitor:login agency_admin,admin:200 *:403
GET  catalogue.debts organisation_id=@gone                            | admin:404
GET  catalogue.owners innovation_id=@cared                            | visitor:login agencies:200 *:403
GET  catalogue.owners innovation_id=@innovation                       | visitor:login agency_admin,admin:200 *:403
GET  catalogue.owners innovation_id=@closed                           | visitor:login agency_admin,admin:200 *:404
POST catalogue.owners innovation_id=@cared < organisation=@empty_name kind=hand_over | visitor:login agency_admin,admin:done *:403
POST catalogue.owners innovation_id=@cared < organisation=@empty_name kind=set | visitor:login admin:done agency_admin:again *:403
POST catalogue.answer_offer innovation_id=@cared offer_id=@offer said=terima | visitor:login other_agency_admin,admin:done *:403
POST catalogue.answer_offer innovation_id=@cared offer_id=@offer said=tolak | visitor:login other_agency_admin,admin:done *:403
POST catalogue.answer_offer innovation_id=@cared offer_id=@offer said=tarik | visitor:login agency_admin,admin:done *:403
POST catalogue.answer_offer innovation_id=@innovation offer_id=@offer said=terima | other_agency_admin,admin:404
POST catalogue.leave innovation_id=@cared organisation_id=@unit       | visitor:login agency_admin,admin:done *:403
POST catalogue.leave innovation_id=@cared organisation_id=@theirs     | agency_admin,admin:409
POST catalogue.leave innovation_id=@cared organisation_id=@gone       | admin:404
GET  catalogue.replicate innovation_id=@innovation                    | visitor:login *:200
GET  catalogue.replicate innovation_id=@closed                        | visitor:login agency_admin,admin:200 *:404
POST catalogue.replicate innovation_id=@innovation < need=Perlu on=2024-02-01 adopter=@theirs | visitor:login other_agency_admin:done learner:again *:403
POST catalogue.replicate innovation_id=@cared < need=Perlu on=2024-02-01 adopter=@theirs | other_agency_admin:409
GET  catalogue.replications                                           | visitor:login *:200
GET  catalogue.replication replication_id=@replication                | visitor:login agencies:200 *:404
GET  catalogue.replication replication_id=@other_replication          | visitor:login other_agency_admin,admin:200 *:404
GET  catalogue.carry_on replication_id=@replication word=kesepakatan  | visitor:login agency_admin,admin:200 other_agency_admin:403 *:404
GET  catalogue.carry_on replication_id=@replication word=entah        | admin:404
POST catalogue.carry_on replication_id=@replication word=kesepakatan < on=2024-02-02 | visitor:login agency_admin,admin:done other_agency_admin:403 *:404
POST catalogue.carry_on replication_id=@replication word=persetujuan < on=2024-02-02 | other_agency_admin,admin:409
POST catalogue.carry_on replication_id=@replication word=penyesuaian < adaptation=Motor | visitor:login other_agency_admin,admin:done agency_admin:403 *:404
POST catalogue.carry_on replication_id=@replication word=hentikan < reason=Batal | visitor:login agencies:done *:404
POST catalogue.carry_on replication_id=@replication word=hentikan     | agencies:again
POST catalogue.carry_on replication_id=@replication word=entah       | admin:404
GET  catalogue.paper replication_id=@replication step_id=@step        | visitor:login agencies:200 *:404
GET  catalogue.paper replication_id=@other_replication step_id=@step  | other_agency_admin,admin:404

# --- curators and sources (world.py has no curator: test_curating.py and test_runs.py have) --------------------
GET  catalogue.queue                                                  | visitor:login admin:200 *:403
GET  catalogue.pair pair_id=@pair                                     | visitor:login admin:200 *:403
POST catalogue.answer_pair pair_id=@pair < jawaban=sama               | visitor:login admin:done *:403
POST catalogue.answer_pair pair_id=@apart < jawaban=sama              | admin:409
POST catalogue.answer_pair pair_id=@pair < jawaban=mungkin            | admin:400
POST catalogue.ask_again pair_id=@apart                               | visitor:login admin:done *:403
POST catalogue.ask_again pair_id=@pair                                | admin:409
GET  catalogue.joinings                                               | visitor:login admin:200 *:403
POST catalogue.undo_joining joining_id=@joining                       | visitor:login admin:done *:403
GET  catalogue.split innovation_id=@innovation                        | visitor:login admin:200 *:403
GET  catalogue.split innovation_id=@withdrawn                         | admin:410
POST catalogue.split innovation_id=@innovation < records=@record      | visitor:login admin:done *:403
POST catalogue.split innovation_id=@innovation < records=0            | admin:again
GET  catalogue.source_list                                            | visitor:login admin:200 *:403
GET  catalogue.source key=jippnas                                     | visitor:login admin:200 *:403
POST catalogue.source key=jippnas < file=@records                     | visitor:login admin:done *:403
POST catalogue.source key=jippnas                                     | admin:again
POST catalogue.source_address key=iga < schedule=                     | visitor:login admin:done *:403
POST catalogue.source_address key=iga < schedule=daily address=http://127.0.0.1/ | admin:again
POST catalogue.pull_source key=sinovik                                | visitor:login admin:done *:403
POST catalogue.pull_source key=jippnas                                | admin:409
GET  catalogue.run run_id=@preview                                    | visitor:login admin:200 *:403
POST catalogue.read_for_real run_id=@preview                          | visitor:login admin:done *:403
POST catalogue.read_for_real run_id=@run                              | admin:409
GET  catalogue.map_of_places                                          | *:200
GET  catalogue.place code=@region                                     | *:200
GET  catalogue.place code=00                                          | visitor,admin:404
GET  catalogue.place code=@ended_region                               | visitor,admin:away
GET  catalogue.organisation_short organisation_id=@ours               | *:away
GET  catalogue.organisation_short organisation_id=@gone               | visitor,admin:404
GET  catalogue.organisation organisation_id=@ours slug=dinas-kesehatan-sukamaju | *:200
GET  catalogue.organisation organisation_id=@ours slug=dinas-kesehatan-sukamaju lihat=replikasi | visitor,agency_admin:200
GET  catalogue.organisation organisation_id=@ours slug=nama-lama      | *:away
GET  catalogue.organisation organisation_id=@gone slug=dinas-terhapus | visitor,admin:404
GET  catalogue.searches                                               | visitor:login *:200
GET  catalogue.save_search q=antrean                                  | visitor:login *:200
POST catalogue.save_search q=antrean < name=Antrean                   | visitor:login *:done
POST catalogue.save_search q=antrean < name=                          | learner:again
POST catalogue.remove_search search_id=@search                        | visitor:login learner:done *:404
POST catalogue.bring_back_search search_id=@removed_search            | visitor:login learner:done *:404

# --- open data, for programs ----------------------------------------------------------------------------------
GET  giving.all_inolands                                              | *:200
GET  giving.all_inolands page=1                                       | visitor:200
GET  giving.all_inolands page=satu                                    | visitor,admin:400
GET  giving.harvest verb=Identify                                     | *:200
POST giving.harvest < verb=Identify                                   | *:200
GET  giving.dcat_turtle                                               | *:200
GET  giving.dcat_json_ld                                              | *:200
GET  giving.dump name=inovasi.csv.gz                                  | *:200
GET  giving.dump name=audit.seal                                      | visitor,admin:404
GET  catalogue.export                                                 | *:200
POST catalogue.export < bentuk=csv                                    | *:done
GET  catalogue.export_state token=@export                             | *:200
GET  catalogue.export_file token=@export                              | *:200
GET  giving.robots                                                    | *:200
GET  giving.sitemap                                                   | *:200
GET  giving.sitemap_part number=0                                     | *:200
GET  giving.sitemap_of_places                                         | *:200
GET  giving.sitemap_of_organisations number=1                         | *:200
GET  giving.sitemap_of_organisations number=2                         | visitor:404

# --- jobs, and letters (which only the demo shows) -------------------------------------------------------------
GET  jobs.listed                                                      | visitor:login admin:200 *:403
POST jobs.retry job_id=@failed_job                                    | visitor:login admin:done *:403
POST jobs.retry job_id=@waiting_job                                   | admin:409
POST jobs.drop job_id=@waiting_job                                    | visitor:login admin:done *:403
POST jobs.drop job_id=tidak-ada                                       | admin:404
GET  mail.letters                                                     | *:404
GET  mail.letter letter_id=@letter                                    | *:404

# --- the API: the token of whoever asks has every scope; the visitor has none -----------------------------------
GET  api_document.openapi                                             | *:200
GET  api_document.docs                                                | *:200
GET  api.me                                                           | visitor:401 *:200
GET  api.places                                                       | *:200
GET  api.places urutan=nama                                           | visitor,admin:422
GET  api.place code=@region                                           | *:200
GET  api.organisations                                                | *:200
GET  api.organisation organisation_id=@ours                           | *:200
GET  api.organisation organisation_id=@gone                           | visitor,admin:404
GET  api.courses                                                      | *:200
GET  api.course slug=@course                                          | *:200
GET  api.course slug=@draft                                           | visitor,learner,author,admin:404
GET  api.course slug=@deleted                                         | visitor,learner,author,admin:404
GET  api.course slug=@linked                                          | author,admin:200 *:404
GET  api.course slug=@joined                                          | learner,author,admin:200 *:404
GET  api.enrolments                                                   | visitor:401 *:200
POST api.enrol < course=@course                                       | visitor:401 learner:200 *:201+
POST api.enrol < course=@linked                                       | visitor:401 author,admin:403 *:404
POST api.enrol < course=@linked invitation=@invitation                | visitor:401 *:201+
POST api.enrol < course=@linked invitation=salah                      | stranger:404
POST api.enrol < course=@draft                                        | author,admin:404
GET  api.enrolment enrolment_id=@own_enrolment                        | visitor:401 learner:200 *:404
GET  api.enrolment enrolment_id=@asked                                | learner,author,admin:404
GET  api.progress enrolment_id=@own_enrolment                         | visitor:401 learner:200 *:404
GET  api.progress enrolment_id=@asked                                 | learner,author,admin:404
GET  api.certificates                                                 | visitor:401 *:200
GET  api.certificate number=@certificate                              | *:200
GET  api.certificate number=EKOPI-2026-0000-0000-0000                 | visitor,admin:404
GET  api.records                                                      | *:200
GET  api.record innovation_id=@innovation                             | *:200
GET  api.record innovation_id=@closed                                 | agency_admin,admin:200 *:404
GET  api.record innovation_id=@merged                                 | *:away
GET  api.record innovation_id=@withdrawn                              | *:410
GET  api.replications                                                 | visitor:401 *:200
GET  api.replication replication_id=@replication                      | visitor:401 agencies:200 *:404
GET  api.replication replication_id=@other_replication                | visitor:401 other_agency_admin,admin:200 *:404
POST api.interest < innovation=@innovation adopter=@theirs need=Perlu | visitor:401 other_agency_admin:201+ *:403
POST api.interest < innovation=@closed adopter=@theirs need=Perlu     | visitor:401 agency_admin,admin:403 *:404
POST api.interest < innovation=@cared adopter=@theirs need=Perlu      | other_agency_admin:409
GET  api.find q=perahu                                                | *:200
"""

SENSITIVE = {
    "accounts.download", "accounts.make_api_token", "accounts.email", "accounts.erase", "credentials.reissue", "credentials.revoke",
    "staff.download", "staff.grant",
}  # fmt: skip
"""Asks for the password again when it was given more than 15 minutes ago."""

DRAFTS = "drafts: who saved last and when (uploads have their owner); publishing is in the trail"
OWN_ROWS = {
    "catalogue.bring_back_search": "saved_searches: what a person keeps for oneself",
    "catalogue.export": "workflow_status: the job that was handed over; what it writes is public",
    "catalogue.remove_search": "saved_searches: what a person keeps for oneself, and since when it is deleted",
    "catalogue.save_search": "saved_searches: what a person keeps for oneself",
    "home.appearance": "persons: theme and language of the own pages",
    "learning.answer": "answers: every change is a row with its time, pinned to the attempt",
    "learning.go_on": "lesson_progress: what was read, with its time",
    "learning.save_answer": "answers: every change is a row with its time, pinned to the attempt",
    "notifications.open_item": "inbox_items: when the notice was read",
    "notifications.read_all": "inbox_items: when the notices were read",
    **dict.fromkeys(
        (
            "studio.add_lesson", "studio.add_module", "studio.autosave", "studio.autosave_question", "studio.discard", "studio.files",
            "studio.lesson",
            "studio.module", "studio.move_lesson", "studio.move_module", "studio.new_question",
            "studio.question", "studio.remove_file", "studio.remove_lesson", "studio.remove_module",
            "studio.remove_question", "studio.require_lesson", "studio.restore_lesson", "studio.restore_question", "studio.settings",
            "studio.undo",
        ),
        DRAFTS,
    ),
}  # fmt: skip
"""Unsafe routes without a row in the audit trail, and which rows tell of them instead."""

NOTHING_KEPT = {
    "giving.harvest": "answers a question of a harvester, as its GET does",
    "studio.preview": "shows HTML of the text that was sent, and keeps nothing",
    "studio.preview_question": "shows HTML of the text that was sent, and keeps nothing",
}
"""Unsafe routes that change nothing even when they succeed."""

FOR_TOKENS = {
    "api.enrol": "a program shows a token of its person",
    "api.interest": "a program shows a token of its person",
}
"""Unsafe routes without protection against forgery because no cookie lets anybody in: 401 without a token."""

FOR_MACHINES = {
    "giving.harvest": "OAI-PMH lets harvesters post their questions; they have no page with a token, and change nothing",
}
"""Unsafe routes without protection against forgery: public, and of NOTHING_KEPT. No others may be exempted from it."""
